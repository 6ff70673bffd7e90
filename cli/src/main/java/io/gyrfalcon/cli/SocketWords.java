package io.gyrfalcon.cli;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

/** Reads {@code --socket NAME=VALUE}. Stateless. */
final class SocketWords {
    static final String NAMES =
            "no-delay, quick-ack (on or off), send-buffer, receive-buffer, notsent-lowat (bytes),"
                    + " user-timeout (ms), busy-poll (us), defer-accept (s), priority, fast-open,"
                    + " backlog";

    private SocketWords() {}

    static ListenOptions read(String[] words) throws CommandError {
        ListenOptions options = ListenOptions.defaults();
        for (String word : words) {
            int sign = word.indexOf('=');
            if (sign < 1) throw unknown(word);
            options = with(options, word, word.substring(0, sign), word.substring(sign + 1));
        }
        return options;
    }

    private static ListenOptions with(ListenOptions options, String word, String name, String value)
            throws CommandError {
        SocketOptions socket = options.socket();
        try {
            return switch (name) {
                case "backlog" -> options.withBacklog(number(word, value));
                case "defer-accept" -> options.withDeferAcceptSeconds(number(word, value));
                case "fast-open" -> options.withFastOpenMax(number(word, value));
                default -> options.withSocket(with(socket, word, name, value));
            };
        } catch (IllegalArgumentException e) {
            throw CommandError.usage("--socket: " + word + ": " + CommandError.textOf(e));
        }
    }

    private static SocketOptions with(SocketOptions socket, String word, String name, String value)
            throws CommandError {
        int sendBytes = socket.sendBufferBytes();
        int receiveBytes = socket.receiveBufferBytes();
        return switch (name) {
            case "no-delay" -> socket.withNoDelay(isOn(word, value));
            case "quick-ack" -> socket.withQuickAck(isOn(word, value));
            case "send-buffer" -> socket.withBuffers(number(word, value), receiveBytes);
            case "receive-buffer" -> socket.withBuffers(sendBytes, number(word, value));
            case "notsent-lowat" -> socket.withNotSentLowatBytes(number(word, value));
            case "user-timeout" -> socket.withUserTimeoutMillis(number(word, value));
            case "busy-poll" -> socket.withBusyPollMicros(number(word, value));
            case "priority" -> socket.withPriority(number(word, value));
            default -> throw unknown(word);
        };
    }

    private static boolean isOn(String word, String value) throws CommandError {
        if (value.equals("on")) return true;
        if (value.equals("off")) return false;
        throw CommandError.usage("--socket: " + word + " (expected: on or off)");
    }

    private static int number(String word, String value) throws CommandError {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw CommandError.usage(
                    "--socket: "
                            + word
                            + " (expected: a number of at most "
                            + Integer.MAX_VALUE
                            + ")");
        }
    }

    private static CommandError unknown(String word) {
        return CommandError.usage("--socket: " + word + " (expected: NAME=VALUE of " + NAMES + ")");
    }
}
