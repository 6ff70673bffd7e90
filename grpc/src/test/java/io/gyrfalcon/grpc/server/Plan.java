package io.gyrfalcon.grpc.server;

import io.grpc.MethodDescriptor.MethodType;

import java.util.Random;

/**
 * What one call of a simulation is to be, as both ends derive it from its seed. Immutable.
 *
 * @param requests messages of the client
 * @param responses messages of the server; -1: one for each request
 * @param bytesMax how long messages are at most
 * @param credit how many messages the handler asks for at once
 * @param isLate whether credit and answers come from elsewhere than a callback
 * @param isIgnoringReady whether the handler sends without asking
 * @param fault what the handler does instead of its duty, at the message of this index
 * @param faultAt see {@code fault}
 */
record Plan(
        long seed,
        MethodType type,
        int requests,
        int responses,
        int bytesMax,
        int credit,
        boolean isLate,
        boolean isIgnoringReady,
        Fault fault,
        int faultAt) {

    enum Fault {
        NONE,
        CLOSE_EARLY,
        THROW
    }

    static Plan of(long seed) {
        Random random = new Random(seed);
        MethodType type = MethodType.values()[random.nextInt(4)];
        int requests = type.clientSendsOneMessage() ? 1 : random.nextInt(8);
        int responses =
                switch (type) {
                    case UNARY, CLIENT_STREAMING -> 1;
                    case SERVER_STREAMING -> random.nextInt(12);
                    case BIDI_STREAMING, UNKNOWN -> -1;
                };
        int bytesMax = random.nextInt(12) == 0 ? 40_000 : 1 + random.nextInt(300);
        Fault fault =
                random.nextInt(8) > 0
                        ? Fault.NONE
                        : random.nextBoolean() ? Fault.CLOSE_EARLY : Fault.THROW;
        return new Plan(
                seed,
                type,
                requests,
                responses,
                bytesMax,
                1 + random.nextInt(3),
                random.nextInt(3) == 0,
                random.nextInt(4) == 0,
                fault,
                requests == 0 ? 0 : random.nextInt(requests));
    }

    int responseCount() {
        return responses < 0 ? requests : responses;
    }

    /** The status the client is to see. */
    int status() {
        if (requests == 0) return 0;
        return switch (fault) {
            case NONE -> 0;
            case CLOSE_EARLY -> 9;
            case THROW -> 2;
        };
    }

    String request(int index) {
        return text(index, 'q');
    }

    String response(int index) {
        return text(index, 'r');
    }

    private String text(int index, char kind) {
        int bytes = (int) (Math.floorMod(seed * 31 + index * 7919L + kind, (long) bytesMax));
        String head = "" + kind + seed + ":" + index + ":";
        return head + Character.toString('a' + index % 26).repeat(bytes);
    }

    String path() {
        return "sim.Service/" + type;
    }
}
