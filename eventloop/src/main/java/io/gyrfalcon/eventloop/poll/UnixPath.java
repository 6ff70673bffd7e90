package io.gyrfalcon.eventloop.poll;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The name that a listening unix-domain socket has in the file system. Any thread. */
final class UnixPath {
    private static final int TYPE_MASK = 0xf000;
    private static final int SOCKET_TYPE = 0xc000;

    private final Path path;
    private @Nullable Object fileKey;

    private UnixPath(Path path) {
        this.path = path;
    }

    /**
     * Makes sure that the path can be bound: removes a socket that nobody listens on.
     *
     * @throws BindException when somebody does, or when something else than a socket is there
     */
    static UnixPath claim(UnixDomainSocketAddress address) throws IOException {
        Path path = address.getPath();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!isSocket(path)) {
                throw new BindException(path + ": exists and is no socket");
            }
            if (isAlive(address)) throw new BindException(path + ": Address already in use");
            Files.deleteIfExists(path);
        }
        return new UnixPath(path);
    }

    private static boolean isSocket(Path path) throws IOException {
        try {
            Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return mode instanceof Integer bits && (bits & TYPE_MASK) == SOCKET_TYPE;
        } catch (UnsupportedOperationException noSuchView) {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther();
        }
    }

    private static boolean isAlive(UnixDomainSocketAddress address) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // One that blocks would wait where the queue is full.
            probe.configureBlocking(false);
            probe.connect(address);
            return true;
        } catch (ConnectException | NoSuchFileException refused) {
            return false;
        } catch (SocketException fullOrForbidden) {
            return true;
        }
    }

    /** Remembers which file is ours. */
    void bound() {
        try {
            fileKey = key();
        } catch (IOException gone) {
            // Somebody has removed it already: none is ours.
        }
    }

    private @Nullable Object key() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Removes the file, unless another one stands there by now. */
    void remove() {
        try {
            Object found = key();
            if (found == null || found.equals(fileKey)) Files.deleteIfExists(path);
        } catch (IOException gone) {
            // Somebody was faster: there is nothing to remove.
        }
    }
}
