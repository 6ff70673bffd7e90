package io.gyrfalcon.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.cli.demo.helloworld.GreeterGrpc;
import io.gyrfalcon.cli.demo.helloworld.HelloRequest;
import io.gyrfalcon.cli.demo.routeguide.Feature;
import io.gyrfalcon.cli.demo.routeguide.Point;
import io.gyrfalcon.cli.demo.routeguide.Rectangle;
import io.gyrfalcon.cli.demo.routeguide.RouteGuideGrpc;
import io.gyrfalcon.cli.demo.routeguide.RouteNote;
import io.gyrfalcon.cli.demo.routeguide.RouteSummary;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class DemoTest {
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws Exception {
        String name = InProcessServerBuilder.generateName();
        server =
                InProcessServerBuilder.forName(name)
                        .addService(new Greeter())
                        .addService(new RouteGuide())
                        .build()
                        .start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    @AfterEach
    void end() throws Exception {
        channel.shutdownNow();
        server.shutdownNow();
        assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Collects a stream of answers. */
    private static final class Answers<T> implements StreamObserver<T> {
        private final List<T> got = new ArrayList<>();
        private final CompletableFuture<List<T>> all = new CompletableFuture<>();

        @Override
        public synchronized void onNext(T answer) {
            got.add(answer);
        }

        @Override
        public void onError(Throwable cause) {
            all.completeExceptionally(cause);
        }

        @Override
        public synchronized void onCompleted() {
            all.complete(got);
        }

        List<T> await() throws Exception {
            return all.get(10, TimeUnit.SECONDS);
        }
    }

    private static Point point(int latitude, int longitude) {
        return Point.newBuilder().setLatitude(latitude).setLongitude(longitude).build();
    }

    @Test
    void greets() {
        GreeterGrpc.GreeterBlockingStub stub = GreeterGrpc.newBlockingStub(channel);
        HelloRequest request = HelloRequest.newBuilder().setName("world").build();
        assertThat(stub.sayHello(request).getMessage()).isEqualTo("Hello world");
    }

    @Test
    void findsAPlaceByItsPointOrAnswersWithoutAName() {
        RouteGuideGrpc.RouteGuideBlockingStub stub = RouteGuideGrpc.newBlockingStub(channel);
        Feature known = Places.ALL.get(0);
        assertThat(stub.getFeature(known.getLocation())).isEqualTo(known);
        Feature unknown = stub.getFeature(point(1, 2));
        assertThat(unknown.getName()).isEmpty();
        assertThat(unknown.getLocation()).isEqualTo(point(1, 2));
    }

    @Test
    void listsThePlacesWithinARectangle() {
        RouteGuideGrpc.RouteGuideBlockingStub stub = RouteGuideGrpc.newBlockingStub(channel);
        Rectangle europe =
                Rectangle.newBuilder()
                        .setLo(point(800_000_000, 300_000_000))
                        .setHi(point(600_000_000, -200_000_000))
                        .build();
        List<String> names = new ArrayList<>();
        stub.listFeatures(europe).forEachRemaining(feature -> names.add(feature.getName()));
        assertThat(names)
                .containsExactly(
                        "Dovrefjell, Norway",
                        "Abisko, Sweden",
                        "Utsjoki, Finland",
                        "Myvatn, Iceland");
        assertThat(stub.listFeatures(Rectangle.getDefaultInstance()).hasNext()).isFalse();
    }

    @Test
    void sumsUpARoute() throws Exception {
        Answers<RouteSummary> answers = new Answers<>();
        StreamObserver<Point> route = RouteGuideGrpc.newStub(channel).recordRoute(answers);
        route.onNext(point(0, 0));
        route.onNext(point(0, 10_000_000));
        route.onNext(Places.ALL.get(0).getLocation());
        route.onCompleted();
        RouteSummary summary = answers.await().get(0);
        assertThat(summary.getPointCount()).isEqualTo(3);
        assertThat(summary.getFeatureCount()).isEqualTo(1);
        assertThat(summary.getDistance()).isBetween(6_900_000, 7_100_000);
        assertThat(summary.getElapsedTime()).isZero();
    }

    @Test
    void oneDegreeAtTheEquatorIs111Kilometres() {
        assertThat(Places.metresBetween(point(0, 0), point(0, 10_000_000)))
                .isBetween(111_000.0, 111_400.0);
        int west = Integer.MIN_VALUE;
        assertThat(Places.metresBetween(point(0, west), point(0, -west - 1))).isFinite();
    }

    @Test
    void notesAreAnsweredWithThoseLeftBeforeAtThatPoint() throws Exception {
        Answers<RouteNote> answers = new Answers<>();
        StreamObserver<RouteNote> chat = RouteGuideGrpc.newStub(channel).routeChat(answers);
        for (String text : new String[] {"one", "two", "three"}) {
            chat.onNext(RouteNote.newBuilder().setMessage(text).build());
        }
        chat.onNext(RouteNote.newBuilder().setLocation(point(5, 5)).setMessage("x").build());
        chat.onCompleted();
        List<String> texts = new ArrayList<>();
        for (RouteNote note : answers.await()) texts.add(note.getMessage());
        assertThat(texts).containsExactly("one", "one", "two");
    }

    @Test
    void aCallerThatGoesLeavesTheServiceAsItWas() throws Exception {
        Answers<RouteNote> notes = new Answers<>();
        StreamObserver<RouteNote> chat = RouteGuideGrpc.newStub(channel).routeChat(notes);
        StreamObserver<Point> route =
                RouteGuideGrpc.newStub(channel).recordRoute(new Answers<RouteSummary>());
        chat.onError(new IllegalStateException("gone"));
        route.onError(new IllegalStateException("gone"));
        notes.all.handle((all, cause) -> cause).get(10, TimeUnit.SECONDS);
        greets();
    }

    @Test
    void theBoardForgetsTheOldestNotesAndPoints() {
        NoteBoard board = new NoteBoard();
        RouteNote note = RouteNote.newBuilder().setLocation(point(1, 1)).build();
        for (int i = 0; i < NoteBoard.NOTES_PER_POINT_MAX + 5; i++) {
            assertThat(board.leave(note)).hasSize(Math.min(i, NoteBoard.NOTES_PER_POINT_MAX));
        }
        for (int i = 0; i < NoteBoard.POINTS_MAX; i++) {
            board.leave(RouteNote.newBuilder().setLocation(point(2, i)).build());
        }
        assertThat(board.leave(note)).isEmpty();
    }
}
