package io.gyrfalcon.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The file of a unix socket, which outlives a server that was killed. */
final class UnixSocketFile {
    private UnixSocketFile() {}

    /** Removes what nobody listens on any more; refuses what is in use or no socket. */
    static void makeFree(UnixDomainSocketAddress address) throws CommandError {
        Path file = address.getPath();
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) return;
        if (Files.isRegularFile(file) || Files.isDirectory(file)) {
            throw CommandError.failure(
                    "unix:" + file + " exists and is no socket (expected: a free path)");
        }
        if (isListening(address)) {
            throw CommandError.failure(
                    "unix:" + file + " is in use by another process (expected: a free path)");
        }
        remove(address);
    }

    static void remove(UnixDomainSocketAddress address) throws CommandError {
        try {
            Files.deleteIfExists(address.getPath());
        } catch (IOException e) {
            throw CommandError.failure("unix:" + address.getPath() + " cannot be removed: " + e);
        }
    }

    private static boolean isListening(UnixDomainSocketAddress address) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(address);
        } catch (IOException e) {
            return false;
        }
    }
}
