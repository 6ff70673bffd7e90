package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Our decoder and encoder against the naive model. */
final class HpackPropertyTest {
    private static final String[] NAMES = {
        ":path", ":status", "te", "cookie", "content-type", "grpc-timeout", "traceparent", "a", ""
    };

    private static NaiveHpack.Pair pair(Random random) {
        final String name =
                random.nextInt(3) == 0
                        ? text(random, 1 << random.nextInt(8))
                        : NAMES[random.nextInt(NAMES.length)];
        final int lengthMax = random.nextInt(40) == 0 ? 3000 : 1 << random.nextInt(7);
        return new NaiveHpack.Pair(name, text(random, lengthMax));
    }

    private static String text(Random random, int lengthMax) {
        final StringBuilder text = new StringBuilder();
        final int length = random.nextInt(lengthMax + 1);
        final int letters = random.nextInt(10) == 0 ? 256 : 4;
        final int from = letters == 256 ? 0 : 'a';
        for (int i = 0; i < length; i++) text.append((char) (from + random.nextInt(letters)));
        return text.toString();
    }

    private static List<NaiveHpack.Pair> pairs(Random random) {
        final List<NaiveHpack.Pair> pairs = new ArrayList<>();
        final int length = random.nextInt(12);
        for (int i = 0; i < length; i++) pairs.add(pair(random));
        return pairs;
    }

    private static List<String> strings(List<NaiveHpack.Pair> pairs) {
        final List<String> strings = new ArrayList<>();
        for (NaiveHpack.Pair pair : pairs) strings.add(pair.toString());
        return strings;
    }

    /** A memo is either not there yet or what was said of the very same field. */
    private static void memoIsOfThisField(Field field) {
        final String text = field.toString();
        if (field.memo() != null) assertThat(field.memo()).isEqualTo(text);
        field.memo(text);
        assertThat(field.memo()).isEqualTo(field.isRemembered() ? text : null);
        final byte[] bytes = field.nameBytes();
        assertThat(field.kind())
                .isEqualTo(
                        HeaderRules.kindOf(
                                bytes,
                                field.nameOffset(),
                                field.nameLength(),
                                field.valueLength()));
    }

    private static void tablesAreEqual(NaiveHpack model, HpackDecoder decoder) {
        assertThat(decoder.tableBytes()).isEqualTo(model.size());
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < model.table.size(); i++) NaiveHpack.write(all, 0x80, 7, 62 + i);
        assertThat(Blocks.fields(decoder, all.toByteArray())).isEqualTo(strings(model.table));
    }

    @Test
    void theDecoderAgreesWithTheModel() throws NaiveHpack.Bad {
        final Random random = Seeds.random(getClass());
        final HpackScratch scratch = new HpackScratch();
        for (int connection = 0; connection < 20; connection++) {
            final int limit = random.nextInt(3) == 0 ? random.nextInt(8192) : 4096;
            final NaiveHpack peer = new NaiveHpack(limit);
            final HpackDecoder decoder = new HpackDecoder(limit, scratch);
            decoder.listLimits(1 << 20, 1000);
            for (int i = 0; i < 40; i++) {
                if (random.nextInt(10) == 0) {
                    final int newLimit = random.nextInt(6000);
                    peer.limit(newLimit);
                    decoder.tableBytesMax(newLimit);
                }
                final List<NaiveHpack.Pair> sent = pairs(random);
                final List<String> received = new ArrayList<>();
                final byte[] block = peer.encode(sent, random);
                if (block.length == 0) continue;
                final HpackOutcome outcome =
                        Blocks.decode(
                                decoder,
                                block,
                                field -> {
                                    received.add(field.toString());
                                    memoIsOfThisField(field);
                                });
                assertThat(outcome).isEqualTo(HpackOutcome.OK);
                assertThat(received).isEqualTo(strings(sent));
                tablesAreEqual(peer, decoder);
            }
        }
    }

    @Test
    void garbageIsJudgedAsByTheModelAndNothingIsThrown() throws NaiveHpack.Bad {
        final Random random = Seeds.random(getClass());
        int errors = 0;
        for (int round = 0; round < 1000; round++) {
            final NaiveHpack model = new NaiveHpack(4096);
            final HpackDecoder decoder = Blocks.decoder();
            decoder.listLimits(1 << 20, 1000);
            final byte[] first = new NaiveHpack(4096).encode(pairs(random), random);
            Blocks.decode(decoder, first, field -> {});
            model.decode(first);
            final byte[] block = garbage(random);
            final List<String> received = new ArrayList<>();
            final HpackOutcome outcome =
                    Blocks.decode(decoder, block, field -> received.add(field.toString()));
            try {
                final List<NaiveHpack.Pair> expected = model.decode(block);
                assertThat(outcome).as(Blocks.hex(block)).isEqualTo(HpackOutcome.OK);
                assertThat(received).isEqualTo(strings(expected));
                tablesAreEqual(model, decoder);
            } catch (NaiveHpack.Bad bad) {
                errors++;
                assertThat(outcome)
                        .as("%s in %s", bad, Blocks.hex(block))
                        .isEqualTo(HpackOutcome.COMPRESSION_ERROR);
            }
        }
        assertThat(errors).isBetween(100, 950);
    }

    /** Random bytes, or a block with some bytes changed or cut off. */
    private static byte[] garbage(Random random) throws NaiveHpack.Bad {
        byte[] block = new byte[random.nextInt(30)];
        if (random.nextInt(3) == 0) {
            random.nextBytes(block);
            return block;
        }
        block = new NaiveHpack(4096).encode(pairs(random), random);
        if (block.length == 0) return block;
        final int changes = random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            block[random.nextInt(block.length)] = (byte) random.nextInt();
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(block, random.nextInt(block.length)) : block;
    }

    private static FieldBlock block(List<NaiveHpack.Pair> pairs) {
        final byte[][] bytes = new byte[pairs.size() * 2][];
        for (int i = 0; i < pairs.size(); i++) {
            bytes[2 * i] = Blocks.ascii(pairs.get(i).name());
            bytes[2 * i + 1] = Blocks.ascii(pairs.get(i).value());
        }
        return FieldBlock.of(bytes);
    }

    @Test
    void whatTheEncoderWritesIsReadByTheModel() throws NaiveHpack.Bad {
        final Random random = Seeds.random(getClass());
        for (int connection = 0; connection < 20; connection++) {
            final HpackEncoder encoder =
                    new HpackEncoder(random.nextInt(5) != 0, random.nextBoolean());
            final NaiveHpack peer = new NaiveHpack(4096);
            final HpackDecoder decoder = Blocks.decoder();
            decoder.listLimits(1 << 20, 1000);
            final List<List<NaiveHpack.Pair>> lists = new ArrayList<>();
            final List<FieldBlock> blocks = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                lists.add(pairs(random));
                // Blocks that share fields with others.
                if (i > 3) lists.get(i).addAll(lists.get(random.nextInt(i)));
                blocks.add(block(lists.get(i)));
            }
            for (int i = 0; i < 60; i++) {
                if (random.nextInt(12) == 0) changeSize(random, encoder, peer, decoder);
                final int which = random.nextInt(blocks.size());
                final List<NaiveHpack.Pair> sent = new ArrayList<>(lists.get(which));
                final byte[] written = encode(encoder, blocks.get(which), sent, random);
                assertThat(strings(peer.decode(written))).isEqualTo(strings(sent));
                assertThat(Blocks.fields(decoder, written)).isEqualTo(strings(sent));
            }
        }
    }

    private static void changeSize(
            Random random, HpackEncoder encoder, NaiveHpack peer, HpackDecoder decoder) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            final int bytes = random.nextInt(4) == 0 ? 0 : random.nextInt(10_000);
            encoder.peerTableBytes(bytes);
            peer.limit(bytes);
            decoder.tableBytesMax(bytes);
        }
    }

    private static byte[] encode(
            HpackEncoder encoder, FieldBlock block, List<NaiveHpack.Pair> sent, Random random) {
        final int offset = random.nextInt(5);
        final var out = Blocks.room(offset + encoder.maxBytes(block));
        final int length = encoder.encode(block, out, offset);
        assertThat(length).isLessThanOrEqualTo(encoder.maxBytes(block));
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Blocks.written(out, offset, length));
        for (int i = random.nextInt(3); i > 0; i--) {
            final NaiveHpack.Pair extra = pair(random);
            final byte[] name = Blocks.ascii(extra.name());
            final byte[] value = Blocks.ascii(extra.value());
            final var room = Blocks.room(HpackEncoder.maxLiteralBytes(name.length, value.length));
            final int bytes = encoder.encodeLiteral(name, value, random.nextBoolean(), room, 0);
            all.writeBytes(Blocks.written(room, 0, bytes));
            sent.add(extra);
        }
        return all.toByteArray();
    }
}
