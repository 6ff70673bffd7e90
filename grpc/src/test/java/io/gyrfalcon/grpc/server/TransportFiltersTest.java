package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

final class TransportFiltersTest {
    private static final Attributes.Key<String> SEEN = Attributes.Key.create("seen");
    private final List<String> notes = new ArrayList<>();

    private ServerTransportFilter filter(String name) {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                String before = attributes.get(SEEN);
                String after = before == null ? name : before + name;
                return attributes.toBuilder().set(SEEN, after).build();
            }

            @Override
            public void transportTerminated(Attributes attributes) {
                notes.add(name + " " + (attributes == null ? null : attributes.get(SEEN)));
            }
        };
    }

    @Test
    void eachFilterSeesWhatTheOneBeforeItLeft() {
        TransportFilters filters = new TransportFilters(List.of(filter("a"), filter("b")));
        assertThat(filters.isEmpty()).isFalse();
        Attributes attributes = filters.ready(Attributes.EMPTY);
        assertThat(attributes.get(SEEN)).isEqualTo("ab");
        filters.terminated(attributes);
        assertThat(notes).containsExactly("a ab", "b ab");
    }

    @Test
    void aConnectionThatWasNeverReadyEndsWithoutAttributes() {
        new TransportFilters(List.of(filter("a"))).terminated(null);
        assertThat(notes).containsExactly("a null");
    }

    @Test
    void aFilterThatAnswersNullIsNamed() {
        ServerTransportFilter broken =
                new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        return null;
                    }

                    @Override
                    public String toString() {
                        return "broken";
                    }
                };
        assertThatThrownBy(() -> new TransportFilters(List.of(broken)).ready(Attributes.EMPTY))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("Filter broken returned null");
    }

    @Test
    void withoutFiltersAttributesStayAsTheyAre() {
        TransportFilters none = new TransportFilters(List.of());
        assertThat(none.isEmpty()).isTrue();
        assertThat(none.ready(Attributes.EMPTY)).isSameAs(Attributes.EMPTY);
    }

    @Test
    void callsKnowTheAddressesAndTheSession() throws NoSuchAlgorithmException {
        SocketAddress local = new InetSocketAddress(1);
        SocketAddress remote = new InetSocketAddress(2);
        Attributes plain = ConnectionAttributes.of(local, remote, null);
        assertThat(plain.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)).isSameAs(local);
        assertThat(plain.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isSameAs(remote);
        assertThat(plain.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)).isNull();
        SSLSession session = SSLContext.getDefault().createSSLEngine().getSession();
        Attributes secured = ConnectionAttributes.of(local, remote, session);
        assertThat(secured.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)).isSameAs(session);
    }
}
