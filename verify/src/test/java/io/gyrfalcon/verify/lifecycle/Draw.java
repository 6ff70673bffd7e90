package io.gyrfalcon.verify.lifecycle;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/*
 * A polite scenario first: an answer as it should be, cut at random, so that a part of it is sent
 * in each of the callbacks that will come and the rest from elsewhere. Then, often, some deeds that
 * should not be, anywhere.
 */
/** Draws scenarios. One thread. */
final class Draw {
    private static final MethodType[] TYPES = {
        MethodType.UNARY,
        MethodType.SERVER_STREAMING,
        MethodType.CLIENT_STREAMING,
        MethodType.BIDI_STREAMING
    };
    private static final int[] LENGTHS = {0, 1, 5, 60, 300, 1_000, 9_000, 17_000, 40_000, 200_000};
    private static final String[] WORDS = {
        null, "", "plain", "50% of it", "schöne Grüße \u2603", "two\nlines", "\ttab\r", "x\u0000y"
    };

    private final long seed;
    private final Random random;
    private final MethodType type;
    private final Hall.Kind hall;
    private final List<String> cues = new ArrayList<>();
    private final Map<String, List<Deed>> script = new TreeMap<>();
    private final List<Scenario.Step> steps = new ArrayList<>();
    private boolean isBlocking;

    private Draw(long seed) {
        this.seed = seed;
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        type = TYPES[random.nextInt(TYPES.length)];
        Lane lane = Lane.values()[random.nextInt(3)];
        boolean isSmall = chance(15);
        hall = new Hall.Kind(lane, lane != Lane.DIRECT && chance(25), isSmall);
    }

    static Scenario scenario(long seed) {
        return new Draw(seed).scenario();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private int among(int... values) {
        return values[random.nextInt(values.length)];
    }

    private Scenario scenario() {
        boolean isTimed = chance(3);
        boolean isCompressed = !hall.isSmall() && chance(20);
        Surroundings surroundings = chance(60) ? Surroundings.BARE : pick(Surroundings.values());
        int headers = chance(50) ? 0 : random.nextInt(13);
        if (hall.isSmall() && chance(50)) headers = 7;
        List<List<Deed>> client = client();
        server();
        if (chance(45)) beRude();
        in("startCall").replaceAll(Draw::small);
        if (!isTimed && hall.lane() != Lane.DIRECT && chance(8)) block(client);
        weave(client, isTimed);
        return new Scenario(
                seed,
                type,
                hall,
                surroundings,
                headers,
                isCompressed,
                chance(80),
                isTimed,
                script,
                steps);
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }

    // The client: batches of what is sent without waiting.

    private List<List<Deed>> client() {
        List<Deed> all = new ArrayList<>();
        all.add(Deed.start());
        all.add(Deed.want(among(1, 1, 2, 10)));
        boolean isOne = type.clientSendsOneMessage();
        int count = isOne ? among(0, 1, 1, 1, 1, 1, 1, 1, 1, 1) : among(0, 1, 2, 3, 5);
        cues.add("startCall");
        cues.add("onReady");
        for (int i = 1; i <= count; i++) {
            if (chance(8)) all.add(Deed.sendCompressed(chance(50)));
            all.add(Deed.send(Words.text(length())));
            cues.add("onMessage " + i);
        }
        if (isOne || chance(90)) {
            all.add(Deed.halfClose());
            cues.add("onHalfClose");
        }
        if (!isOne) return cut(all, 35);
        if (chance(80)) return new ArrayList<>(List.of(all));
        // One request leaves with the end at the latest: when else is up to the client.
        List<Deed> rest = all.subList(2, all.size());
        return new ArrayList<>(List.of(all.subList(0, 2), new ArrayList<>(rest)));
    }

    private int length() {
        int length = LENGTHS[random.nextInt(LENGTHS.length)];
        return hall.isSmall() && length > 9_000 ? among(9_999, 10_000) : length;
    }

    private List<List<Deed>> cut(List<Deed> all, int percent) {
        List<List<Deed>> batches = new ArrayList<>();
        batches.add(new ArrayList<>());
        for (Deed deed : all) {
            if (!batches.getLast().isEmpty() && chance(percent)) batches.add(new ArrayList<>());
            batches.getLast().add(deed);
        }
        return batches;
    }

    // The server.

    private void server() {
        in("startCall").add(Deed.ask(among(1, 1, 2, 2, 5, 100)));
        List<Deed> answer = answer();
        int at = among(0, 1, 2, 3, cues.size() - 1, cues.size() - 1, cues.size() - 1);
        at = Math.min(at, cues.size() - 1);
        List<Deed> left = new ArrayList<>();
        for (Deed deed : answer) {
            if (at < cues.size()) {
                in(cues.get(at)).add(deed);
            } else {
                left.add(deed);
            }
            if (chance(type.serverSendsOneMessage() ? 12 : 30)) at++;
        }
        for (String cue : cues) {
            if (cue.startsWith("onMessage") && chance(85)) in(cue).addFirst(Deed.ask(1));
            if (chance(20)) in(cue).add(chance(70) ? Deed.look() : Deed.describe());
        }
        in("end").add(Deed.look());
        later(left);
    }

    private List<Deed> in(String cue) {
        return script.computeIfAbsent(cue, c -> new ArrayList<>());
    }

    private List<Deed> answer() {
        List<Deed> deeds = new ArrayList<>();
        if (chance(8)) deeds.add(Deed.threshold(among(1, 1_000, 100_000)));
        if (chance(20)) deeds.add(Deed.compression(chance(80) ? "gzip" : "identity"));
        if (chance(15)) deeds.add(Deed.messageCompression(chance(60)));
        boolean isFailure = chance(25);
        if (!isFailure || chance(50)) deeds.add(headers());
        int count = type.serverSendsOneMessage() ? 1 : among(0, 1, 2, 3, 6);
        if (isFailure) count = deeds.isEmpty() ? 0 : Math.min(count, random.nextInt(2));
        for (int i = 0; i < count; i++) {
            if (chance(5)) deeds.add(Deed.messageCompression(chance(50)));
            deeds.add(Deed.message(LENGTHS[random.nextInt(LENGTHS.length)]));
        }
        deeds.add(close(isFailure ? random.nextInt(17) : 0));
        return deeds;
    }

    private Deed headers() {
        int kind = chance(50) ? 0 : random.nextInt(14);
        return Deed.headers(() -> Words.metadata(kind));
    }

    private Deed close(int code) {
        int kind = chance(50) ? 0 : among(1, 2, 3, 4, 5, 6, 7, 10, 12);
        Status status = Status.fromCodeValue(code);
        if (code != 0 || chance(10)) status = status.withDescription(pick(WORDS));
        if (chance(2)) status = status.withDescription(Words.text(3_000));
        return Deed.close(status, () -> Words.metadata(kind));
    }

    /** From elsewhere, each part when all is at rest. */
    private void later(List<Deed> deeds) {
        for (List<Deed> batch : cut(deeds, 40)) {
            if (!batch.isEmpty()) steps.add(new Scenario.Step(false, batch));
        }
    }

    // What should not be.

    private void beRude() {
        int count = among(1, 1, 2);
        for (int i = 0; i < count; i++) {
            List<Deed> where = in(chance(90) ? cues.get(random.nextInt(cues.size())) : "end");
            if (!steps.isEmpty() && chance(25)) {
                where = steps.get(random.nextInt(steps.size())).deeds();
            }
            where.add(random.nextInt(where.size() + 1), rudeness());
        }
        if (chance(25)) {
            Deed last = rudeness();
            steps.add(new Scenario.Step(false, new ArrayList<>(List.of(last, rudeness()))));
        }
    }

    private Deed rudeness() {
        return switch (random.nextInt(16)) {
            case 0, 1 -> headers();
            case 2, 3 -> Deed.message(among(0, 5, 40_000));
            case 4, 5 -> close(random.nextInt(17));
            case 6 -> Deed.ask(among(1, 3));
            case 7 -> Deed.compression(chance(50) ? "gzip" : "identity");
            case 8 -> Deed.poison();
            case 9 -> Deed.messageCompression(chance(50));
            case 10 -> Deed.threshold(among(1, 5_000));
            case 11 -> Deed.fault(new IllegalStateException("broken"));
            case 12 -> Deed.fault(Status.NOT_FOUND.withDescription("x").asRuntimeException());
            case 13 ->
                    Deed.fault(
                            Status.DATA_LOSS
                                    .withDescription("lost")
                                    .asRuntimeException(Words.metadata(6)));
            case 14 -> Deed.fault(new NullPointerException());
            default -> Deed.look();
        };
    }

    /** The last callback waits until its call is cancelled. */
    private void block(List<List<Deed>> client) {
        String cue = cues.getLast();
        if (!cue.startsWith("onHalf") && !cue.startsWith("onMessage")) return;
        for (List<Deed> deeds : script.values()) deeds.removeIf(Draw::isEnding);
        in("startCall").add(Deed.ask(10));
        in(cue).addFirst(Deed.waitUntilCancelled());
        client.getLast().add(Deed.cancelUnderHandler());
        isBlocking = true;
    }

    /** More than is ready at once would, before the first {@code onReady}, take its place. */
    private static Deed small(Deed deed) {
        boolean isThreshold = deed.text().startsWith("setOnReadyThreshold");
        boolean isLarge = deed.text().matches("sendMessage [0-9]{5,}");
        return isLarge ? Deed.message(2_000) : isThreshold ? Deed.describe() : deed;
    }

    private static boolean isEnding(Deed deed) {
        return deed.isFault() || deed.text().startsWith("close") || deed.text().contains("poison");
    }

    // Both.

    private void weave(List<List<Deed>> client, boolean isTimed) {
        List<Scenario.Step> late = new ArrayList<>(steps);
        steps.clear();
        if (!isBlocking) spoil(client);
        for (List<Deed> batch : client) {
            steps.add(new Scenario.Step(true, batch));
            if (isBlocking) continue;
            if (chance(10)) steps.add(server(Deed.look()));
            if (chance(12)) steps.add(server(Deed.ask(among(1, 2, 5))));
            if (chance(10)) steps.add(new Scenario.Step(true, List.of(Deed.want(2))));
            if (!late.isEmpty() && chance(25)) steps.add(late.removeFirst());
        }
        if (isTimed) steps.add(new Scenario.Step(true, List.of(Deed.awaitEnd())));
        for (Scenario.Step step : late) {
            if (chance(15)) steps.add(new Scenario.Step(true, List.of(Deed.want(3))));
            steps.add(step);
        }
        if (chance(40)) steps.add(new Scenario.Step(true, List.of(Deed.want(20))));
        steps.add(new Scenario.Step(true, List.of(Deed.cancel())));
        if (chance(20)) {
            steps.add(new Scenario.Step(false, List.of(rudeness(), rudeness(), Deed.look())));
        }
    }

    private static Scenario.Step server(Deed deed) {
        return new Scenario.Step(false, List.of(deed));
    }

    /** Sometimes a request that cannot be read, or is too large; nothing more in that batch. */
    private void spoil(List<List<Deed>> client) {
        if (type.clientSendsOneMessage() || !chance(hall.isSmall() ? 40 : 8)) return;
        String text = hall.isSmall() ? Words.text(10_001) : Stage.POISON;
        if (chance(20)) text = Stage.POISON + " status";
        int at = 1 + random.nextInt(client.size());
        // What nobody has asked for yet is not looked at by grpc-java, and is here.
        in("startCall").addFirst(Deed.ask(100));
        Deed deed = Deed.sendUnreadable(text, text.length() > 100);
        client.add(at, new ArrayList<>(List.of(deed)));
    }
}
