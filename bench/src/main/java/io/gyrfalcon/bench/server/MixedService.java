package io.gyrfalcon.bench.server;

import com.google.protobuf.ByteString;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.bench.mixed.DownloadRequest;
import io.gyrfalcon.bench.mixed.MixedGrpc;
import io.gyrfalcon.bench.mixed.Payload;
import io.gyrfalcon.bench.mixed.Totals;

import org.jspecify.annotations.Nullable;

/** One method of each kind, for the mixed run. Stateless; each call keeps its own state. */
public final class MixedService extends MixedGrpc.MixedImplBase {
    private final @Nullable BlockingWays ways;

    /** Whose handlers never block. */
    public MixedService() {
        ways = null;
    }

    /** Whose handlers block as requests say. */
    public MixedService(BlockingWays ways) {
        this.ways = ways;
    }

    @Override
    public void echo(Payload request, StreamObserver<Payload> responses) {
        if (ways != null) ways.hold(request);
        responses.onNext(request);
        responses.onCompleted();
    }

    @Override
    public void download(DownloadRequest request, StreamObserver<Payload> responses) {
        ServerCallStreamObserver<Payload> target = (ServerCallStreamObserver<Payload>) responses;
        Download download = new Download(request, target);
        target.setOnReadyHandler(download::sendWhileReady);
    }

    @Override
    public StreamObserver<Payload> upload(StreamObserver<Totals> responses) {
        return new Upload(responses);
    }

    @Override
    public StreamObserver<Payload> chat(StreamObserver<Payload> responses) {
        return new Chat(responses);
    }

    /** What is left to send of one download. Owned by the callbacks of its call. */
    private static final class Download {
        private final ServerCallStreamObserver<Payload> target;
        private final ByteString body;
        private final int messages;
        private int sent;

        Download(DownloadRequest request, ServerCallStreamObserver<Payload> target) {
            this.target = target;
            messages = request.getMessages();
            body = ByteString.copyFrom(new byte[request.getMessageBytes()]);
        }

        void sendWhileReady() {
            while (sent < messages && target.isReady()) {
                target.onNext(Payload.newBuilder().setNumber(sent++).setBody(body).build());
            }
            if (sent < messages) return;
            if (sent++ == messages) target.onCompleted();
        }
    }

    /** The sums of one upload. Owned by the callbacks of its call. */
    private static final class Upload implements StreamObserver<Payload> {
        private final StreamObserver<Totals> responses;
        private long messages;
        private long bodyBytes;

        Upload(StreamObserver<Totals> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(Payload value) {
            messages++;
            bodyBytes += value.getBody().size();
        }

        @Override
        public void onError(Throwable cause) {
            // the caller has left: nothing to answer
        }

        @Override
        public void onCompleted() {
            responses.onNext(
                    Totals.newBuilder().setMessages(messages).setBodyBytes(bodyBytes).build());
            responses.onCompleted();
        }
    }

    /** Answers each message with itself. Stateless beyond its call. */
    private record Chat(StreamObserver<Payload> responses) implements StreamObserver<Payload> {
        @Override
        public void onNext(Payload value) {
            responses.onNext(value);
        }

        @Override
        public void onError(Throwable cause) {
            // the caller has left: nothing to answer
        }

        @Override
        public void onCompleted() {
            responses.onCompleted();
        }
    }
}
