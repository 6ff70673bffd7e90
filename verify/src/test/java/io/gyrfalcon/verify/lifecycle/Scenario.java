package io.gyrfalcon.verify.lifecycle;

import io.grpc.MethodDescriptor.MethodType;

import java.util.List;
import java.util.Map;

/**
 * What happens in a {@link Play}.
 *
 * @param headers which metadata the client sends
 * @param isWantingMore whether the client asks for another message with each
 * @param isTimed whether the call has a deadline that passes
 * @param script what the handler does in which callback
 */
record Scenario(
        long seed,
        MethodType type,
        Hall.Kind hall,
        Surroundings surroundings,
        int headers,
        boolean isCompressed,
        boolean isWantingMore,
        boolean isTimed,
        Map<String, List<Deed>> script,
        List<Step> steps) {
    /** What one side does before all has to be at rest again. */
    record Step(boolean isClients, List<Deed> deeds) {
        @Override
        public String toString() {
            return (isClients ? "client " : "server ") + deeds.stream().map(Deed::text).toList();
        }
    }

    /** Whether messages are sent that wait for windows, perhaps. */
    boolean isLarge() {
        return text().contains("200000");
    }

    /** The whole scenario, for whom it concerns. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append("seed ").append(seed).append(' ').append(type).append(' ').append(hall);
        text.append(' ').append(surroundings).append(" headers ").append(headers);
        if (isCompressed) text.append(" gzip");
        if (isWantingMore) text.append(" wanting more");
        if (isTimed) text.append(" timed");
        script.forEach(
                (cue, deeds) ->
                        text.append("\n  in ")
                                .append(cue)
                                .append(": ")
                                .append(deeds.stream().map(Deed::text).toList()));
        for (Step step : steps) text.append("\n  ").append(step);
        return text.toString();
    }
}
