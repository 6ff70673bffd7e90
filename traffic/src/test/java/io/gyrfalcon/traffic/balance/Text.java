package io.gyrfalcon.traffic.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What policies of tests say, in words. Addresses are texts; those that start with 4 are IPv4. */
final class Text {
    private Text() {}

    static boolean isIpv4(String address) {
        return address.startsWith("4");
    }

    static List<Endpoint<String>> single(String... addresses) {
        return Stream.of(addresses).map(Endpoint::of).toList();
    }

    static Endpoint<String> endpoint(String... addresses) {
        return new Endpoint<>(List.of(addresses), 1);
    }

    static Failure down(String text) {
        return Failure.unavailable(text, null);
    }

    /** "connect a", "close a", "resolve", "READY a", "TRANSIENT_FAILURE reason|reason". */
    static List<String> of(List<Step<String>> steps) {
        return steps.stream().map(Text::of).toList();
    }

    private static String of(Step<String> step) {
        return switch (step) {
            case Step.Connect<String>(String address) -> "connect " + address;
            case Step.Close<String>(String address) -> "close " + address;
            case Step.Resolve<String>() -> "resolve";
            case Step.Publish<String> publish ->
                    (publish.state() + " " + of(publish.picker())).strip();
        };
    }

    private static String of(Picker<String> picker) {
        Turns turns = new Turns(0);
        List<String> round = new ArrayList<>();
        String first = of(picker.pick(turns));
        for (String next = first; round.size() < 100; next = of(picker.pick(turns))) {
            if (!round.isEmpty() && next.equals(first)) break;
            round.add(next);
        }
        return String.join("|", round);
    }

    private static String of(Pick<String> pick) {
        return switch (pick.kind()) {
            case USE -> pick.target();
            case WAIT -> "";
            case CONNECT -> "(asks)";
            case FAIL, DROP -> pick.failure().text();
        };
    }
}
