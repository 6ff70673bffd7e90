package io.gyrfalcon.cli.demo;

import io.grpc.stub.StreamObserver;
import io.gyrfalcon.cli.demo.routeguide.Feature;
import io.gyrfalcon.cli.demo.routeguide.Point;
import io.gyrfalcon.cli.demo.routeguide.Rectangle;
import io.gyrfalcon.cli.demo.routeguide.RouteGuideGrpc;
import io.gyrfalcon.cli.demo.routeguide.RouteNote;
import io.gyrfalcon.cli.demo.routeguide.RouteSummary;

/** A method of each kind over a handful of places. Any thread. */
public final class RouteGuide extends RouteGuideGrpc.RouteGuideImplBase {
    private final NoteBoard notes = new NoteBoard();

    /** A guide that knows {@link Places}. */
    public RouteGuide() {}

    @Override
    public void getFeature(Point request, StreamObserver<Feature> responses) {
        Feature known = Places.at(request);
        responses.onNext(known != null ? known : Feature.newBuilder().setLocation(request).build());
        responses.onCompleted();
    }

    @Override
    public void listFeatures(Rectangle request, StreamObserver<Feature> responses) {
        for (Feature feature : Places.ALL) {
            if (Places.isWithin(feature.getLocation(), request)) responses.onNext(feature);
        }
        responses.onCompleted();
    }

    @Override
    public StreamObserver<Point> recordRoute(StreamObserver<RouteSummary> responses) {
        return new Walk(responses, System.nanoTime());
    }

    @Override
    public StreamObserver<RouteNote> routeChat(StreamObserver<RouteNote> responses) {
        return new Chat(responses, notes);
    }

    /** One recorded route. Called for one message at a time. */
    private static final class Walk implements StreamObserver<Point> {
        private final StreamObserver<RouteSummary> responses;
        private final long startNanos;
        private final RouteSummary.Builder summary = RouteSummary.newBuilder();
        private Point last = Point.getDefaultInstance();
        private double metres;

        Walk(StreamObserver<RouteSummary> responses, long startNanos) {
            this.responses = responses;
            this.startNanos = startNanos;
        }

        @Override
        public void onNext(Point point) {
            if (summary.getPointCount() > 0) metres += Places.metresBetween(last, point);
            summary.setPointCount(summary.getPointCount() + 1);
            if (Places.at(point) != null) summary.setFeatureCount(summary.getFeatureCount() + 1);
            last = point;
        }

        @Override
        public void onError(Throwable cause) {
            // The caller has gone; there is nobody to answer.
        }

        @Override
        public void onCompleted() {
            long seconds = (System.nanoTime() - startNanos) / 1_000_000_000L;
            summary.setDistance((int) metres).setElapsedTime((int) seconds);
            responses.onNext(summary.build());
            responses.onCompleted();
        }
    }

    /** One conversation. Called for one message at a time. */
    private static final class Chat implements StreamObserver<RouteNote> {
        private final StreamObserver<RouteNote> responses;
        private final NoteBoard notes;

        Chat(StreamObserver<RouteNote> responses, NoteBoard notes) {
            this.responses = responses;
            this.notes = notes;
        }

        @Override
        public void onNext(RouteNote note) {
            for (RouteNote earlier : notes.leave(note)) responses.onNext(earlier);
        }

        @Override
        public void onError(Throwable cause) {
            // The caller has gone; its notes stay.
        }

        @Override
        public void onCompleted() {
            responses.onCompleted();
        }
    }
}
