package io.gyrfalcon.verify.lifecycle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Both engines' halls, and the plays in them. A difference counts if it is there each time, however
 * long both are waited for: a busy machine makes others. One thread.
 */
final class Alike implements AutoCloseable {
    private static final long[] PAUSES_MILLIS = {0, 5, 20, 60, 200};
    private final Map<Engine, Map<Hall.Kind, Hall>> halls = new EnumMap<>(Engine.class);

    /** Differences that did not come again. */
    private final List<String> passing = new ArrayList<>();

    Alike() {
        for (Engine engine : Engine.values()) halls.put(engine, new HashMap<>());
    }

    /** What is different where this seed is played, if anything is. */
    @Nullable String difference(long seed) {
        String difference = null;
        for (long pauseMillis : PAUSES_MILLIS) {
            String found = difference(seed, pauseMillis);
            if (found == null) {
                if (difference != null) passing.add(difference);
                return null;
            }
            difference = found;
        }
        return difference;
    }

    List<String> passing() {
        return passing;
    }

    private @Nullable String difference(long seed, long pauseMillis) {
        Scenario scenario = Draw.scenario(seed);
        List<String> theirs = play(Engine.GRPC_JAVA, scenario, pauseMillis, List.of());
        List<String> ours = play(Engine.GYRFALCON, scenario, pauseMillis, theirs);
        if (ours.equals(theirs)) return null;
        StringBuilder text = new StringBuilder(scenario.text());
        for (int i = 0; i < ours.size(); i++) {
            boolean isSame = ours.get(i).equals(theirs.get(i));
            text.append("\n ---- step ").append(i).append(isSame ? " both: " : " grpc-java: ");
            text.append(theirs.get(i));
            if (isSame) continue;
            text.append("\n ---- step ").append(i).append(" gyrfalcon: ").append(ours.get(i));
        }
        return text.toString();
    }

    private List<String> play(
            Engine engine, Scenario scenario, long pauseMillis, List<String> expected) {
        Map<Hall.Kind, Hall> known = halls.get(engine);
        if (known == null) throw new AssertionError(engine);
        Hall hall = known.computeIfAbsent(scenario.hall(), kind -> new Hall(engine, kind));
        return new Play(scenario, hall, pauseMillis).play(expected);
    }

    @Override
    public void close() {
        for (Map<Hall.Kind, Hall> known : halls.values()) {
            for (Hall hall : known.values()) hall.close();
        }
    }
}
