package io.gyrfalcon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.tls.TlsSession.State;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** A test of sessions that share their settings and hold no slab at its end. */
abstract class SessionSuite {
    static SSLContext clients;
    static TlsSettings settings;

    final List<Server> servers = new ArrayList<>();

    @BeforeAll
    static void makeSettings() {
        clients = Client.context(null);
        settings = Fixtures.server("ec");
    }

    @AfterEach
    void noSlabIsOutstanding() {
        for (Server server : servers) {
            server.session.discard();
            server.out.clear();
            server.plain.clear();
            assertThat(server.pool.outstanding()).isZero();
            server.pool.close();
        }
    }

    Server server() {
        return server(settings);
    }

    Server server(TlsSettings settings) {
        return kept(new Server(settings));
    }

    Server kept(Server server) {
        servers.add(server);
        return server;
    }

    static Client client(String protocol) {
        return new Client(clients, protocol, "h2");
    }

    Server established(Client client) throws SSLException {
        Server server = server();
        server.talk(client);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        return server;
    }
}
