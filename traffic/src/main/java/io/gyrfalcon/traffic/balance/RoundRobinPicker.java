package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.primitives.HotPath;

import java.util.List;

/** One after another. Immutable. */
@HotPath
final class RoundRobinPicker<S> implements Picker<S> {
    private final List<Pick<S>> picks;

    /** Takes turns among at least one. */
    RoundRobinPicker(List<Pick<S>> picks) {
        assert !picks.isEmpty();
        this.picks = List.copyOf(picks);
    }

    @Override
    public Pick<S> pick(Turns turns) {
        return picks.get(turns.next(picks.size()));
    }

    /** Whether turns are taken among the same, in the same order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RoundRobinPicker<?> that && picks.equals(that.picks);
    }

    @Override
    public int hashCode() {
        return picks.hashCode();
    }

    @Override
    public String toString() {
        return "round robin " + picks;
    }
}
