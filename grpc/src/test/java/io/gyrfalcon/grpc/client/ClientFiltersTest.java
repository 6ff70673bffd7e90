package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientTransportFilter;
import io.grpc.Grpc;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Filters of a channel's connections. */
class ClientFiltersTest {
    private static final CallOptions PLAIN = CallOptions.DEFAULT;
    private static final Attributes.Key<String> SEEN = Attributes.Key.create("seen");

    private final ChannelRig rig = new ChannelRig();
    private final List<String> log = new ArrayList<>();

    private final class Noting extends ClientTransportFilter {
        private final String name;

        Noting(String name) {
            this.name = name;
        }

        @Override
        public Attributes transportReady(Attributes given) {
            assertThat(given.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isNotNull();
            String before = given.get(SEEN);
            log.add(name + " ready");
            return given.toBuilder().set(SEEN, before == null ? name : before + name).build();
        }

        @Override
        public void transportTerminated(Attributes given) {
            log.add(name + " terminated " + given.get(SEEN));
        }
    }

    @AfterEach
    void end() {
        rig.close();
    }

    @Test
    void aConnectionIsFilteredBeforeItsFirstCall() {
        rig.filters.add(new Noting("a"));
        rig.filters.add(new Noting("b"));
        Heard call = rig.unary();
        assertThat(log).containsExactly("a ready", "b ready");
        assertThat(call.call.getAttributes().get(SEEN)).isEqualTo("ab");
        rig.answer(1, "x");
        assertThat(call.lines).endsWith("closed OK");
        rig.unary();
        assertThat(log).hasSize(2);
        rig.exchange().shutdownNow();
        rig.settle();
        assertThat(log).containsExactly("a ready", "b ready", "a terminated ab", "b terminated ab");
    }

    @Test
    void aConnectionThatAFilterRefusesIsGivenUp() {
        rig.filters.add(
                new ClientTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes given) {
                        throw new IllegalStateException("not this one");
                    }
                });
        Heard call = rig.unary();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call.status.getDescription()).isEqualTo("A transport filter has failed");
        assertThat(call.status.getCause()).hasMessage("not this one");
        assertThat(rig.states).endsWith("TRANSIENT_FAILURE");
    }

    @Test
    void aFilterMustReturnAttributes() {
        rig.filters.add(
                new ClientTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes given) {
                        return null;
                    }
                });
        Heard call = rig.unary();
        assertThat(call.status.getCause()).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aConnectionThatEndsInAFilterIsNotUsed() {
        rig.filters.add(
                new ClientTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes given) {
                        rig.server().close();
                        rig.exchange().shutdownNow();
                        log.add("ready");
                        return given;
                    }

                    @Override
                    public void transportTerminated(Attributes given) {
                        log.add("terminated");
                    }
                });
        Heard call = rig.unary();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(log).containsExactly("ready", "terminated");
        assertThat(rig.isTerminated).isTrue();
    }
}
