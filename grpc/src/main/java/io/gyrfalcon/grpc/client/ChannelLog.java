package io.gyrfalcon.grpc.client;

import io.grpc.ChannelLogger;

import java.text.MessageFormat;

/** What hosted resolvers and policies say, for the log {@code io.grpc.ChannelLogger}. Any thread. */
final class ChannelLog extends ChannelLogger {
    private static final System.Logger LOG = System.getLogger(ChannelLogger.class.getName());

    private final String channel;

    ChannelLog(String target) {
        channel = "[" + target + "] ";
    }

    @Override
    public void log(ChannelLogLevel level, String message) {
        System.Logger.Level as = levelOf(level);
        if (LOG.isLoggable(as)) LOG.log(as, channel + message);
    }

    @Override
    public void log(ChannelLogLevel level, String messageFormat, Object... args) {
        if (LOG.isLoggable(levelOf(level))) log(level, MessageFormat.format(messageFormat, args));
    }

    /** As quiet as grpc-java: what fails a call, the call says. */
    private static System.Logger.Level levelOf(ChannelLogLevel level) {
        return level == ChannelLogLevel.ERROR
                ? System.Logger.Level.DEBUG
                : System.Logger.Level.TRACE;
    }
}
