package io.gyrfalcon.eventloop.machine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files in which the system tells of itself, {@code /proc} and {@code /sys}. Immutable.
 *
 * @param root what stands for {@code /}
 */
public record SystemFiles(Path root) {
    /*
     * The kernel's settings give all of themselves to the first read and nothing to a second one.
     * Files.readString asks files whose size is said to be 0 for one byte first: it would find the
     * first digit of each.
     */
    private static final int BYTES_MAX = 64 << 10;

    /** Those of this machine. */
    public static SystemFiles ofMachine() {
        return new SystemFiles(Path.of("/"));
    }

    /**
     * The text of a file, 64 KiB at most, without blanks around it; null where it cannot be read.
     */
    public @Nullable String read(String path) {
        byte[] bytes = new byte[BYTES_MAX];
        int length = 0;
        try (InputStream file = Files.newInputStream(root.resolve(path))) {
            int n = 0;
            while (n >= 0 && length < bytes.length) {
                length += n;
                n = file.read(bytes, length, bytes.length - length);
            }
        } catch (IOException | RuntimeException e) {
            return null;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
    }

    /** The number that is all of a file, or another one where it is none. */
    public long number(String path, long otherwise) {
        String text = read(path);
        if (text == null) return otherwise;
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** What follows {@code key} and a colon in the line that starts with them; null without one. */
    public @Nullable String field(String path, String key) {
        String text = read(path);
        if (text == null) return null;
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(key) && line.startsWith(":", key.length())) {
                return line.substring(key.length() + 1).strip();
            }
        }
        return null;
    }

    /** Names in a folder that are {@code prefix} and a number, as numbers in ascending order. */
    public List<Integer> numbered(String folder, String prefix) {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(prefix)) continue;
                int number = CpuList.number(name.substring(prefix.length()));
                if (number >= 0) numbers.add(number);
            }
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
        numbers.sort(null);
        return numbers;
    }
}
