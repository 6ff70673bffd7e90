package io.gyrfalcon.verify.blocking;

/** How much of what was served a loop has carried itself: calls beside, and visits. Immutable. */
record Carried(int others, int othersAll, int visits, int visitsAll) {
    static Carried parse(String words) {
        String[] counts = words.split(" ");
        return new Carried(
                Integer.parseInt(counts[0]),
                Integer.parseInt(counts[1]),
                Integer.parseInt(counts[2]),
                Integer.parseInt(counts[3]));
    }

    @Override
    public String toString() {
        return "carried by the loop %d of %d, handlers %d of %d"
                .formatted(others, othersAll, visits, visitsAll);
    }
}
