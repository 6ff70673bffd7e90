package io.gyrfalcon.traffic.config;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields of one JSON object, and where it stands, for complaints. Immutable.
 *
 * <p>As in grpc-java a number may be written as text, and null is no value of any kind. A field
 * that nobody asks for is ignored.
 */
final class Fields {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long SECONDS_MAX = 315_576_000_000L;
    private static final int FOUND_CHARS_MAX = 100;

    /** The JSON form of a protobuf duration; digits beyond the ninth do not count. */
    private static final Pattern DURATION =
            Pattern.compile("(-?)([0-9]{1,12})(?:\\.([0-9]{0,9})[0-9]*)?s");

    private final String place;
    private final Map<?, ?> object;

    private Fields(String place, Map<?, ?> object) {
        this.place = place;
        this.object = object;
    }

    /** The outermost object. */
    static Fields of(Map<String, ?> object) {
        return new Fields("", object);
    }

    boolean has(String key) {
        return object.containsKey(key);
    }

    @Nullable Fields object(String key) {
        if (!has(key)) return null;
        if (object.get(key) instanceof Map<?, ?> map) return new Fields(placeOf(key), map);
        throw fault(key, "an object");
    }

    @Nullable List<?> list(String key) {
        if (!has(key)) return null;
        if (object.get(key) instanceof List<?> list) return list;
        throw fault(key, "a list");
    }

    /** Empty where there is no such field. */
    List<Fields> objects(String key, int max) {
        return has(key) ? objects(placeOf(key), object.get(key), max) : List.of();
    }

    /** The objects of a list that stands somewhere. */
    static List<Fields> objects(String place, @Nullable Object value, int max) {
        if (!(value instanceof List<?> list)) throw faultAt(place, value, "a list");
        if (list.size() > max) throw tooMany(place, list.size(), max);
        List<Fields> all = new ArrayList<>(list.size());
        for (Object item : list) {
            String itemPlace = place + "[" + all.size() + "]";
            if (!(item instanceof Map<?, ?> map)) throw faultAt(itemPlace, item, "an object");
            all.add(new Fields(itemPlace, map));
        }
        return all;
    }

    /** Empty where there is no such field. */
    List<String> texts(String key) {
        List<?> list = list(key);
        if (list == null) return List.of();
        List<String> all = new ArrayList<>(list.size());
        for (Object item : list) {
            String itemKey = key + "[" + all.size() + "]";
            if (!(item instanceof String text)) throw fault(itemKey, item, "a text");
            all.add(text);
        }
        return all;
    }

    @Nullable String text(String key) {
        if (!has(key)) return null;
        if (object.get(key) instanceof String text) return text;
        throw fault(key, "a text");
    }

    @Nullable Boolean truth(String key) {
        if (!has(key)) return null;
        if (object.get(key) instanceof Boolean truth) return truth;
        throw fault(key, "true or false");
    }

    @Nullable Double number(String key) {
        if (!has(key)) return null;
        Object value = object.get(key);
        if (value instanceof Number number) return number.doubleValue();
        if (value instanceof String text) {
            try {
                return Double.valueOf(text);
            } catch (NumberFormatException e) {
                throw fault(key, "a number");
            }
        }
        throw fault(key, "a number");
    }

    @Nullable Integer integer(String key) {
        Double number = number(key);
        if (number == null) return null;
        int integer = number.intValue();
        if (integer == number) return integer;
        throw fault(key, "an integer of 32 bits");
    }

    /** Nanoseconds, or the most that a long can hold. */
    @Nullable Long duration(String key) {
        String text = text(key);
        if (text == null) return null;
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) throw fault(key, "a duration such as \"1.5s\"");
        long seconds = Long.parseLong(parts.group(2));
        String fraction = parts.group(3) == null ? "" : parts.group(3);
        long nanos = Long.parseLong((fraction + "000000000").substring(0, 9));
        if (seconds > SECONDS_MAX || (seconds == SECONDS_MAX && nanos > 0)) {
            throw fault(key, "at most " + SECONDS_MAX + "s");
        }
        boolean isHuge = seconds > Long.MAX_VALUE / SECOND_NANOS - 1;
        long all = isHuge ? Long.MAX_VALUE : seconds * SECOND_NANOS + nanos;
        return parts.group(1).isEmpty() ? all : -all;
    }

    /** A field that has to be there. */
    <T> T required(String key, @Nullable T value) {
        if (value != null) return value;
        throw new IllegalArgumentException(placeOf(key) + ": missing");
    }

    /** The names of all fields. */
    List<String> names() {
        return object.keySet().stream().map(String::valueOf).toList();
    }

    /** The object itself. */
    @SuppressWarnings("unchecked") // JSON has texts for names.
    Map<String, ?> raw() {
        return (Map<String, ?>) object;
    }

    /** Where the object stands. */
    String place() {
        return place;
    }

    /** A complaint about the value of a field. */
    IllegalArgumentException fault(String key, String expected) {
        return fault(key, object.get(key), expected);
    }

    /** A complaint about a value. */
    IllegalArgumentException fault(String key, @Nullable Object found, String expected) {
        return faultAt(placeOf(key), found, expected);
    }

    /** A complaint about what stands somewhere. */
    static IllegalArgumentException faultAt(String place, @Nullable Object found, String expected) {
        String text = found instanceof String s ? "\"" + s + "\"" : String.valueOf(found);
        if (text.length() > FOUND_CHARS_MAX) text = text.substring(0, FOUND_CHARS_MAX) + "...";
        return new IllegalArgumentException(place + ": " + text + " (expected: " + expected + ")");
    }

    /** A complaint about the length of a list. */
    static IllegalArgumentException tooMany(String place, int count, int max) {
        return new IllegalArgumentException(
                place + ": " + count + " entries (expected: at most " + max + ")");
    }

    private String placeOf(String key) {
        return place.isEmpty() ? key : place + "." + key;
    }
}
