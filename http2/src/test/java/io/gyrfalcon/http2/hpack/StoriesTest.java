package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Header blocks of other people's encoders, and the fields that they stand for. */
final class StoriesTest {
    private static final int ENCODERS = 12;
    private static final int STORIES_MIN = 383;
    private static final int RAW_BLOCKS_MAX = 40;

    private final List<String> encoders = new ArrayList<>();
    private int stories;
    private int rawStories;
    private int blocks;
    private int tableSizes;

    private static Path archive() {
        final Path archive = StoryFiles.archive();
        if (!Files.exists(archive)) {
            System.out.println("StoriesTest skipped, no file " + archive);
            Assumptions.abort("no file " + archive);
        }
        return archive;
    }

    @Test
    @SuppressWarnings("unchecked")
    void everyBlockOfEveryStoryDecodesExactly() throws IOException {
        try (StoryFiles files = new StoryFiles(archive())) {
            for (byte[] text = files.next(); text != null; text = files.next()) {
                final Map<String, Object> story = Json.parse(text);
                if (files.name().contains("raw-data")) encode((List<Object>) story.get("cases"));
                else decode(files.name(), story);
            }
        }
        System.out.println(
                stories + " stories, " + blocks + " blocks, " + tableSizes + " table sizes");
        assertThat(rawStories).isEqualTo(32);
        assertThat(encoders).hasSize(ENCODERS);
        assertThat(stories).isGreaterThanOrEqualTo(STORIES_MIN);
        assertThat(tableSizes).isEqualTo(62);
    }

    @SuppressWarnings("unchecked")
    private void decode(String file, Map<String, Object> story) {
        final String encoder = file.substring(0, file.lastIndexOf('/'));
        if (!encoders.contains(encoder)) encoders.add(encoder);
        stories++;
        final HpackDecoder decoder = Blocks.decoder();
        decoder.listLimits(1 << 20, 1 << 20);
        int tableBytes = 4096;
        for (Object each : (List<Object>) story.get("cases")) {
            final Map<String, Object> block = (Map<String, Object>) each;
            final Object size = block.get("header_table_size");
            if (size instanceof Integer bytes && bytes != tableBytes) {
                tableBytes = bytes;
                tableSizes++;
                decoder.tableBytesMax(tableBytes);
            }
            blocks++;
            assertThat(Blocks.fields(decoder, (String) block.get("wire")))
                    .as("%s, block %s", file, block.get("seqno"))
                    .isEqualTo(headers((List<Object>) block.get("headers")));
        }
    }

    /** The fields of a raw story go through our own encoder and back. */
    @SuppressWarnings("unchecked")
    private void encode(List<Object> cases) {
        rawStories++;
        final HpackEncoder encoder = new HpackEncoder();
        final HpackDecoder decoder = Blocks.decoder();
        decoder.listLimits(1 << 20, 1 << 20);
        for (Object each : cases.subList(0, Math.min(RAW_BLOCKS_MAX, cases.size()))) {
            final List<String> fields =
                    headers((List<Object>) ((Map<String, Object>) each).get("headers"));
            final FieldBlock block = FieldBlock.of(namesAndValues(fields));
            final var out = Blocks.room(encoder.maxBytes(block));
            final int length = encoder.encode(block, out, 0);
            assertThat(Blocks.fields(decoder, Blocks.written(out, 0, length))).isEqualTo(fields);
        }
    }

    private static byte[][] namesAndValues(List<String> fields) {
        final byte[][] bytes = new byte[fields.size() * 2][];
        for (int i = 0; i < fields.size(); i++) {
            final int colon = fields.get(i).indexOf(": ", 1);
            bytes[2 * i] = Blocks.ascii(fields.get(i).substring(0, colon));
            bytes[2 * i + 1] = Blocks.ascii(fields.get(i).substring(colon + 2));
        }
        return bytes;
    }

    @SuppressWarnings("unchecked")
    private static List<String> headers(List<Object> maps) {
        final List<String> fields = new ArrayList<>();
        for (Object map : maps) {
            for (Map.Entry<String, Object> field : ((Map<String, Object>) map).entrySet()) {
                fields.add(field.getKey() + ": " + field.getValue());
            }
        }
        return fields;
    }
}
