package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.primitives.HotPath;

import java.util.Arrays;
import java.util.List;

/**
 * Each as often as its weight says, evenly spread. Immutable.
 *
 * @param <S> what the caller keeps for an address
 */
@HotPath
final class StridePicker<S> implements Picker<S> {
    /*
     * The static stride scheduler of gRPC. Turns go round all picks; one round is a generation. In
     * each generation a pick is taken or passed over, such that it is taken in weight of every
     * WEIGHT_MAX generations: when weight x generation, modulo WEIGHT_MAX, has just wrapped. Every
     * other pick is offset by half of WEIGHT_MAX, so that light ones are not taken in the same
     * generations. The heaviest is taken in every generation, hence the search ends, and on average
     * it takes mean weight / WEIGHT_MAX of a round. Nothing changes but the turn.
     *
     * Weights far from the mean are cut: no pick gets more than ten times the mean, or less than a
     * tenth.
     */
    static final int WEIGHT_MAX = 0xFFFF;
    private static final double RATIO_MAX = 10;
    private static final double RATIO_MIN = 0.1;
    private static final long OFFSET = WEIGHT_MAX / 2;

    private final List<Pick<S>> picks;
    private final int[] weights;

    private StridePicker(List<Pick<S>> picks, int[] weights) {
        this.picks = picks;
        this.weights = weights;
    }

    /**
     * A picker by weights, or by turns if fewer than two are known.
     *
     * @param picks at least one
     * @param weights one for each; 0 where none is known, which counts as the mean of the others
     * @param <S> what the caller keeps for an address
     */
    static <S> Picker<S> of(List<Pick<S>> picks, double[] weights) {
        assert picks.size() == weights.length;
        double sum = 0;
        double largest = 0;
        int known = 0;
        for (double weight : weights) {
            if (!(weight > 0)) continue;
            known++;
            sum += weight;
            largest = Math.max(largest, weight);
        }
        if (known < 2) return new RoundRobinPicker<>(picks);
        double mean = sum / known;
        double scale = WEIGHT_MAX / Math.min(largest, RATIO_MAX * mean);
        int meanScaled = (int) Math.round(scale * mean);
        int least = Math.max(1, (int) Math.round(scale * mean * RATIO_MIN));
        int[] scaled = new int[weights.length];
        for (int i = 0; i < scaled.length; i++) {
            long exact = weights[i] > 0 ? Math.round(weights[i] * scale) : meanScaled;
            scaled[i] = (int) Math.max(least, Math.min(exact, WEIGHT_MAX));
        }
        return new StridePicker<>(List.copyOf(picks), scaled);
    }

    @Override
    public Pick<S> pick(Turns turns) {
        final int[] weights = this.weights;
        while (true) {
            long turn = Integer.toUnsignedLong(turns.next());
            int index = (int) (turn % weights.length);
            long generation = turn / weights.length;
            long weight = weights[index];
            long phase = (weight * generation + (index & 1) * OFFSET) % WEIGHT_MAX;
            if (phase >= WEIGHT_MAX - weight) return picks.get(index);
        }
    }

    /** Whether the same are picked equally often, in the same order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof StridePicker<?> that
                && picks.equals(that.picks)
                && Arrays.equals(weights, that.weights);
    }

    @Override
    public int hashCode() {
        return 31 * picks.hashCode() + Arrays.hashCode(weights);
    }

    @Override
    public String toString() {
        return "by weight " + picks + " " + Arrays.toString(weights);
    }
}
