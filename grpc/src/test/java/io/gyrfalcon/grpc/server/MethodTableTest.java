package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.util.MutableHandlerRegistry;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class MethodTableTest {
    private final List<String> notes = new ArrayList<>();

    private MethodTable table(HandlerRegistry fallback, ServerServiceDefinition... services) {
        return new MethodTable(List.of(services), List.of(), null, false, fallback);
    }

    @Test
    void findsMethodsByTheirFullName() {
        MethodTable table = table(null, Methods.service("a.B", notes, "one", "C", "D"));
        Methods.start(table.find("a.B/D"));
        assertThat(notes).containsExactly("one.D");
        assertThat(table.find("a.B/E")).isNull();
        assertThat(table.find("a.B")).isNull();
        assertThat(table.find("/a.B/D")).isNull();
    }

    @Test
    void aServiceOfTheSameNameReplacesAllOfTheEarlierOneInItsPlace() {
        ServerServiceDefinition later = Methods.service("a.B", notes, "later", "C");
        ServerServiceDefinition other = Methods.service("x.Y", notes, "other", "Z");
        MethodTable table =
                table(null, Methods.service("a.B", notes, "earlier", "C", "D"), other, later);
        Methods.start(table.find("a.B/C"));
        assertThat(notes).containsExactly("later.C");
        assertThat(table.find("a.B/D")).isNull();
        assertThat(table.services()).containsExactly(later, other);
    }

    @Test
    void withoutAFallbackRegistryThereIsNothingToAsk() {
        MethodTable table = table(null);
        assertThat(table.findFallback("a.B/C", null)).isNull();
        assertThat(table.fallbackServices()).isEmpty();
    }

    @Test
    void whatTheFallbackRegistryAnswersIsBoundOnce() {
        MutableHandlerRegistry registry = new MutableHandlerRegistry();
        registry.addService(Methods.service("a.B", notes, "fallback", "C"));
        MethodTable table = table(registry);
        BoundMethod<?, ?> first = table.findFallback("a.B/C", "example.org");
        Methods.start(first);
        assertThat(notes).containsExactly("fallback.C");
        assertThat(table.findFallback("a.B/C", null)).isSameAs(first);
        assertThat(table.findFallback("a.B/D", null)).isNull();
        assertThat(table.fallbackServices()).hasSize(1);
    }

    @Test
    void aRegistryThatMakesDefinitionsPerCallDoesNotGrowTheTable() {
        HandlerRegistry registry =
                new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(String name, String host) {
                        return Methods.definition(name, Methods.noting(notes, "fresh"));
                    }
                };
        MethodTable table = table(registry);
        for (int i = 0; i < 5000; i++) {
            assertThat(table.findFallback("a.B/C", null)).isNotNull();
        }
        assertThat(table.boundFallbackCount()).isBetween(1, 1024);
    }
}
