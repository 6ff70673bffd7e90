package io.gyrfalcon.http2.hpack;

import org.tukaani.xz.XZInputStream;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the archive of HPACK stories, a tar in xz, file by file. */
final class StoryFiles implements AutoCloseable {
    private static final int RECORD_BYTES = 512;
    private static final int SIZE_OFFSET = 124;
    private static final int SIZE_LENGTH = 11;
    private static final int TYPE_OFFSET = 156;
    private static final int NAME_LENGTH = 100;

    private final DataInputStream in;
    private String name = "";

    StoryFiles(Path archive) throws IOException {
        final InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        in = new DataInputStream(new XZInputStream(file));
    }

    /** Where the archive is looked for. */
    static Path archive() {
        final String data = System.getProperty("gyrfalcon.data");
        if (data != null) return Path.of(data, "hpack-stories.tar.xz");
        final Path root = Path.of(System.getProperty("gyrfalcon.root", "..")).toAbsolutePath();
        return root.resolve("../shared/data/hpack-stories.tar.xz").normalize();
    }

    /** The content of the next JSON file, or null at the end. */
    byte[] next() throws IOException {
        final byte[] head = new byte[RECORD_BYTES];
        while (true) {
            in.readFully(head);
            if (head[0] == 0) return null;
            final String sizeText =
                    new String(head, SIZE_OFFSET, SIZE_LENGTH, StandardCharsets.US_ASCII);
            final int size = Integer.parseInt(sizeText.trim(), 8);
            final byte[] content = new byte[size];
            in.readFully(content);
            in.skipNBytes(-size & (RECORD_BYTES - 1));
            name = new String(head, 0, NAME_LENGTH, StandardCharsets.US_ASCII).trim();
            final boolean isFile = head[TYPE_OFFSET] == '0' || head[TYPE_OFFSET] == 0;
            if (isFile && name.endsWith(".json")) return content;
        }
    }

    /** The name of the file that {@link #next} gave. */
    String name() {
        return name;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
