package io.gyrfalcon.traffic.balance;

import static io.gyrfalcon.traffic.balance.Text.endpoint;
import static io.gyrfalcon.traffic.balance.Text.single;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.Seeds;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

class AddressOrderTest {
    @Test
    void familiesTakeTurnsStartingWithTheFirst() {
        List<String> order = List.of("6a", "6b", "6c", "4a", "4b");
        assertThat(AddressOrder.interleaved(order, Text::isIpv4))
                .containsExactly("6a", "4a", "6b", "4b", "6c");
        assertThat(AddressOrder.interleaved(order.reversed(), Text::isIpv4))
                .containsExactly("4b", "6c", "4a", "6b", "6a");
    }

    @Test
    void oneFamilyKeepsItsOrder() {
        List<String> order = List.of("4b", "4a", "4c");
        assertThat(AddressOrder.interleaved(order, Text::isIpv4)).isEqualTo(order);
        assertThat(AddressOrder.interleaved(List.of(), Text::isIpv4)).isEmpty();
    }

    @Test
    void eachAddressStandsOnceAndThereAreNoMoreThanAllowed() {
        List<Endpoint<String>> endpoints =
                List.of(endpoint("a", "b"), endpoint("b", "c"), endpoint("a", "d"));
        assertThat(AddressOrder.flat(endpoints, 4)).containsExactly("a", "b", "c", "d");
        assertThat(AddressOrder.flat(endpoints, 3)).containsExactly("a", "b", "c");
    }

    @Test
    void shufflingKeepsTheOrderWithinAnEndpoint() {
        Random random = Seeds.random(AddressOrderTest.class);
        List<Endpoint<String>> endpoints = List.of(endpoint("a", "b"), endpoint("c", "d"));
        int swapped = 0;
        for (int i = 0; i < 1_000; i++) {
            List<String> flat = AddressOrder.flat(AddressOrder.shuffled(endpoints, random), 9);
            assertThat(flat).isIn(List.of("a", "b", "c", "d"), List.of("c", "d", "a", "b"));
            if (flat.getFirst().equals("c")) swapped++;
        }
        assertThat(swapped).isBetween(400, 600);
    }

    @Test
    void twiceTheWeightIsFirstTwiceAsOften() {
        Random random = Seeds.random(AddressOrderTest.class);
        List<Endpoint<String>> endpoints =
                List.of(single("a").getFirst(), new Endpoint<>(List.of("b"), 2));
        int first = 0;
        for (int i = 0; i < 30_000; i++) {
            if (AddressOrder.shuffled(endpoints, random).getFirst().weight() == 2) first++;
        }
        assertThat(first).isBetween(19_500, 20_500);
    }
}
