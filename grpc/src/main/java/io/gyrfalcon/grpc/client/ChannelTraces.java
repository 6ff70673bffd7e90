package io.gyrfalcon.grpc.client;

import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.InternalChannelz.ChannelTrace;
import io.grpc.InternalChannelz.ChannelTrace.Event;
import io.grpc.InternalWithLogId;

import java.util.ArrayDeque;
import java.util.List;

/** The last things that happened to a channel or one of its servers. Any thread; guarded. */
final class ChannelTraces {
    private final int max;
    private final long createdNanos;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long logged;

    /**
     * None yet.
     *
     * @param max that are kept; 0: none
     * @param createdNanos since the epoch
     */
    ChannelTraces(int max, long createdNanos) {
        this.max = max;
        this.createdNanos = createdNanos;
    }

    int max() {
        return max;
    }

    void add(ChannelLogLevel level, String text, long epochNanos) {
        add(event(text, severity(level), epochNanos));
    }

    void addChild(InternalWithLogId subchannel, String text, long epochNanos) {
        add(event(text, Event.Severity.CT_INFO, epochNanos).setSubchannelRef(subchannel));
    }

    private static Event.Builder event(String text, Event.Severity severity, long epochNanos) {
        return new Event.Builder()
                .setDescription(text)
                .setSeverity(severity)
                .setTimestampNanos(epochNanos);
    }

    private synchronized void add(Event.Builder event) {
        logged++;
        if (max == 0) return;
        if (events.size() == max) events.removeFirst();
        events.addLast(event.build());
    }

    private static Event.Severity severity(ChannelLogLevel level) {
        return switch (level) {
            case ERROR -> Event.Severity.CT_ERROR;
            case WARNING -> Event.Severity.CT_WARNING;
            case INFO, DEBUG -> Event.Severity.CT_INFO;
        };
    }

    synchronized ChannelTrace toTrace() {
        return new ChannelTrace.Builder()
                .setNumEventsLogged(logged)
                .setCreationTimeNanos(createdNanos)
                .setEvents(List.copyOf(events))
                .build();
    }
}
