package io.gyrfalcon.transport.server;

import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldKind;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.transport.wire.TimeoutText;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The fields of the request whose block is being read. Loop-owned: one for all connections of a
 * loop, since a block is read whole before anything else happens.
 *
 * <p>A field that the peer keeps in its header table is looked at once and remembered there; later
 * requests that refer to it cost a look at the memo.
 */
@HotPath
@LoopOwned
final class RequestHead {
    static final long NO_TIMEOUT = -1;
    static final long BAD_TIMEOUT = -2;

    private final PathCache paths = new PathCache();
    private final boolean isRemembering = TransportFlags.REQUEST_MEMO.isOn();
    private final boolean isCachingPaths = TransportFlags.PATH_CACHE.isOn();
    private @Nullable Stream stream;

    @Nullable Route route;
    @Nullable String path;
    @Nullable String authority;
    @Nullable String encoding;
    @Nullable String acceptEncoding;
    long timeoutNanos;
    boolean isPost;
    boolean isGrpc;
    boolean hasTrailersTe;
    byte @Nullable [] badMethod;
    byte @Nullable [] badContentType;
    byte @Nullable [] badTimeout;

    /** Names and values in turn; taken by the call that wants them. */
    byte @Nullable [][] fields;

    int fieldCount;

    /** Whether a {@code host} stands in for the authority, and whether several do. */
    private boolean hasHost;

    boolean hasHosts;

    /** Whether the fields gathered so far are this stream's. */
    boolean isOf(Stream candidate) {
        return stream == candidate;
    }

    void begin(Stream owner) {
        stream = owner;
        route = null;
        path = null;
        authority = null;
        encoding = null;
        acceptEncoding = null;
        timeoutNanos = NO_TIMEOUT;
        isPost = false;
        isGrpc = false;
        hasTrailersTe = false;
        badMethod = null;
        badContentType = null;
        badTimeout = null;
        fields = null;
        fieldCount = 0;
        hasHost = false;
        hasHosts = false;
    }

    /** Forgets what was remembered for a server that has ended. */
    void forget(CallAcceptor acceptor) {
        paths.forget(acceptor);
    }

    /** Forgets the stream: the next field begins another head, also of the same stream object. */
    void end() {
        stream = null;
    }

    void onField(Field field, CallAcceptor acceptor) {
        Object memo = field.memo();
        if (memo instanceof KnownField known && (known != KnownField.UNREAD || !wantsFields())) {
            onKnown(known, acceptor);
            return;
        }
        onFieldSlow(field, acceptor);
    }

    /** A timeout seldom comes again, even where the peer keeps it: it is read each time. */
    private void onFieldSlow(Field field, CallAcceptor acceptor) {
        KnownField.Role role = KnownField.roleOf(field);
        if (role == KnownField.Role.TIMEOUT && !wantsFields()) {
            onTimeout(field.valueBytes(), field.valueOffset(), field.valueLength());
            return;
        }
        if (field.isRemembered() && isRemembering) {
            // An idle connection keeps no copies of what no call has looked at.
            boolean isUnread = role == KnownField.Role.METADATA && !wantsFields();
            KnownField known = isUnread ? KnownField.UNREAD : KnownField.of(field, role);
            field.memo(known);
            onKnown(known, acceptor);
            return;
        }
        if (field.kind() == FieldKind.PATH && isCachingPaths) {
            onPath(paths.of(field, acceptor), acceptor);
            return;
        }
        if (!isPassing(field, role)) onKnown(KnownField.of(field, role), acceptor);
    }

    /** Fields that come once and need no object, as a method of the static table. */
    private boolean isPassing(Field field, KnownField.Role role) {
        return switch (role) {
            case METHOD -> onMethod(field.valueIs(KnownField.POST) ? null : field.copyValue());
            case OTHER_PSEUDO -> true;
            case METADATA -> !wantsFields();
            case TIMEOUT, PATH, AUTHORITY, HOST, CONTENT_TYPE, TE, ENCODING, ACCEPT_ENCODING ->
                    false;
        };
    }

    private boolean onMethod(byte @Nullable [] other) {
        isPost = other == null;
        badMethod = other;
        return true;
    }

    /** Whether an answer has no body: RFC 9110 §9.3.2. */
    boolean isHead() {
        return Arrays.equals(badMethod, KnownField.HEAD);
    }

    private boolean wantsFields() {
        Route known = route;
        return known != null && known.wantsFields();
    }

    private void onKnown(KnownField field, CallAcceptor acceptor) {
        switch (field.role) {
            case METADATA -> keep(field);
            case PATH -> onPath(field, acceptor);
            case TIMEOUT -> {
                onTimeout(field.value, 0, field.value.length);
                keep(field);
            }
            case METHOD -> onMethod(field.isExpected ? null : field.value);
            case AUTHORITY -> authority = field.text;
            case HOST -> onHost(field);
            case CONTENT_TYPE -> onContentType(field);
            case TE -> hasTrailersTe = true;
            case ENCODING -> {
                encoding = field.text;
                keep(field);
            }
            case ACCEPT_ENCODING -> {
                acceptEncoding = field.text;
                keep(field);
            }
            case OTHER_PSEUDO -> {}
        }
    }

    private void onPath(KnownField field, CallAcceptor acceptor) {
        path = field.text;
        Route known = field.route;
        if (known == null && field.text != null) {
            known = acceptor.route(field.text);
            field.route = known;
        }
        route = known;
    }

    /** The first one counts. */
    private void onContentType(KnownField field) {
        if (!isGrpc && badContentType == null) {
            isGrpc = field.isExpected;
            if (!isGrpc) badContentType = field.value;
        }
        keep(field);
    }

    private void onHost(KnownField field) {
        if (hasHost) {
            hasHosts = true;
        } else if (authority == null) {
            hasHost = true;
            authority = field.text;
        }
    }

    private void onTimeout(byte[] value, int offset, int length) {
        timeoutNanos = TimeoutText.parseNanos(value, offset, length);
        if (timeoutNanos >= 0) return;
        timeoutNanos = BAD_TIMEOUT;
        badTimeout = Arrays.copyOfRange(value, offset, offset + length);
    }

    private void keep(KnownField field) {
        if (!wantsFields()) return;
        byte[][] kept = fields;
        if (kept == null) {
            kept = new byte[24][];
        } else if (fieldCount + 2 > kept.length) {
            kept = Arrays.copyOf(kept, 2 * kept.length);
        }
        kept[fieldCount++] = field.name;
        kept[fieldCount++] = field.value;
        fields = kept;
    }
}
