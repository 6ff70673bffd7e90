package io.gyrfalcon.verify.blocking;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A process with one server on one loop, its user code in the default lane. Any thread.
 *
 * <p>Asked by lines on its standard input: {@code count HANDLER} answers how many visits have begun
 * and ended, {@code carried} how many of the last calls and visits a loop has carried, {@code
 * release ROUND} lets go who waits for ever, {@code surprise} what should not have been thrown.
 */
final class SceneServer implements ServerCallHandler<String, String>, ServerInterceptor {
    private static final int HANDLERS = Handler.values().length;

    private final AtomicIntegerArray begun = new AtomicIntegerArray(HANDLERS);
    private final AtomicIntegerArray ended = new AtomicIntegerArray(HANDLERS);
    private final Places others = new Places();
    private final Places visits = new Places();
    private final AtomicReference<String> surprise = new AtomicReference<>("none");
    private final Server server;
    private final Props props;

    private SceneServer(String poller, Path folder) throws IOException, InterruptedException {
        server = Servers.builder(poller, this).intercept(this).build().start();
        props = new Props(folder, server.getPort());
    }

    /** Serves until the input ends; the arguments are a poller and a folder for files. */
    public static void main(String[] arguments) throws Exception {
        SceneServer scene = new SceneServer(arguments[0], Path.of(arguments[1]));
        System.out.println("port " + scene.server.getPort() + ".");
        System.out.println("echo " + PlainEcho.serve() + ".");
        scene.serve();
        scene.server.shutdownNow().awaitTermination();
        System.exit(0);
    }

    private void serve() throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            System.out.println("answer " + words[0] + ": " + answer(words[1], words) + ".");
        }
    }

    private String answer(String word, String[] words) {
        return switch (word) {
            case "count" -> {
                int index = Handler.valueOf(words[2]).ordinal();
                yield begun.get(index) + " " + ended.get(index);
            }
            case "carried" -> others.takeAll() + " " + visits.takeAll();
            case "surprise" -> surprise.get();
            case "release" -> {
                props.release(Integer.parseInt(words[2])).countDown();
                yield "released";
            }
            default -> throw new IllegalArgumentException(word);
        };
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!headers.containsKey(Scene.TAKES_LOCK)) return next.startCall(call, headers);
        props.intercepted.lock();
        try {
            return next.startCall(call, headers);
        } finally {
            props.intercepted.unlock();
        }
    }

    @Override
    public ServerCall.Listener<String> startCall(
            ServerCall<String, String> call, Metadata headers) {
        call.request(2);
        return new ServerCall.Listener<>() {
            private Visit visit;

            @Override
            public void onMessage(String message) {
                visit = new Visit(call, message);
            }

            @Override
            public void onHalfClose() {
                serve(visit);
            }
        };
    }

    private void serve(Visit visit) {
        Handler handler = visit.handler();
        if (handler == null) look();
        else play(handler, visit);
        visit.answer();
    }

    /** A call beside. */
    private void look() {
        if (Thread.currentThread().isInterrupted()) surprise.set("an interrupt of another call");
        others.note();
    }

    private void play(Handler handler, Visit visit) {
        visits.note();
        begun.incrementAndGet(handler.ordinal());
        try {
            handler.run(props, visit);
        } catch (StackOverflowError onPurpose) {
            throw onPurpose;
        } catch (Throwable t) {
            surprise.set(handler + " threw " + t);
        } finally {
            ended.incrementAndGet(handler.ordinal());
        }
    }

    /** Where calls have run. Any thread. */
    private static final class Places {
        private final AtomicInteger carried = new AtomicInteger();
        private final AtomicInteger all = new AtomicInteger();

        /** A thread whose carrier is a loop says so. */
        void note() {
            String thread = Thread.currentThread().toString();
            if (thread.contains("gyrfalcon-loop")) carried.incrementAndGet();
            all.incrementAndGet();
        }

        String takeAll() {
            return carried.getAndSet(0) + " " + all.getAndSet(0);
        }
    }
}
