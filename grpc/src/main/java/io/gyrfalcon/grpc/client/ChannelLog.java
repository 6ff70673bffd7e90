package io.gyrfalcon.grpc.client;

import io.grpc.ChannelLogger;

import java.text.MessageFormat;

/**
 * What hosted resolvers and policies say, for channelz and the log {@code io.grpc.ChannelLogger}.
 * Any thread.
 */
final class ChannelLog extends ChannelLogger {
    private static final System.Logger LOG = System.getLogger(ChannelLogger.class.getName());

    private final String channel;
    private final ChannelWatch watch;

    ChannelLog(String target, ChannelWatch watch) {
        channel = "[" + target + "] ";
        this.watch = watch;
    }

    @Override
    public void log(ChannelLogLevel level, String message) {
        watch.trace(level, message);
        System.Logger.Level as = levelOf(level);
        if (LOG.isLoggable(as)) LOG.log(as, channel + message);
    }

    @Override
    public void log(ChannelLogLevel level, String messageFormat, Object... args) {
        boolean isTraced = level != ChannelLogLevel.DEBUG;
        if (isTraced || LOG.isLoggable(levelOf(level)))
            log(level, MessageFormat.format(messageFormat, args));
    }

    /** As quiet as grpc-java: what fails a call, the call says. */
    private static System.Logger.Level levelOf(ChannelLogLevel level) {
        return level == ChannelLogLevel.ERROR
                ? System.Logger.Level.DEBUG
                : System.Logger.Level.TRACE;
    }
}
