package io.grpc.testing.integration;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.census.InternalCensusTracingAccessor;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.testing.TlsTesting;

import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/** grpc-java's own suite over our server, over TLS with certificates on both sides. */
@RunWith(JUnit4.class)
public class GyrfalconTlsInteropTest extends AbstractInteropTest {
    @Override
    protected ServerBuilder<?> getServerBuilder() {
        try {
            ServerCredentials credentials =
                    TlsServerCredentials.newBuilder()
                            .keyManager(
                                    TlsTesting.loadCert("server1.pem"),
                                    TlsTesting.loadCert("server1.key"))
                            .trustManager(TlsTesting.loadCert("ca.pem"))
                            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                            .build();
            return OurServer.checked(
                    Grpc.newServerBuilderForPort(0, credentials)
                            .addStreamTracerFactory(createCustomCensusTracerFactory())
                            .addStreamTracerFactory(
                                    InternalCensusTracingAccessor.getServerStreamTracerFactory())
                            .maxInboundMessageSize(MAX_MESSAGE_SIZE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
        try {
            int port = ((InetSocketAddress) getListenAddress()).getPort();
            NettyChannelBuilder builder =
                    NettyChannelBuilder.forAddress("localhost", port, clientCredentials())
                            .overrideAuthority("foo.test.google.fr")
                            .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
                            .maxInboundMessageSize(MAX_MESSAGE_SIZE);
            InternalNettyChannelBuilder.setStatsEnabled(builder, false);
            return builder.intercept(createCensusStatsClientInterceptor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client's that shows a certificate. */
    static ChannelCredentials clientCredentials() throws IOException {
        return TlsChannelCredentials.newBuilder()
                .keyManager(TlsTesting.loadCert("client.pem"), TlsTesting.loadCert("client.key"))
                .trustManager(TlsTesting.loadCert("ca.pem"))
                .build();
    }

    @Override
    protected boolean customCensusModulePresent() {
        return true;
    }

    @Test
    public void tlsInfo() {
        assertX500SubjectDn("CN=testclient, O=Internet Widgits Pty Ltd, ST=Some-State, C=AU");
    }

    @Test
    public void addressesAreThoseOfTheSockets() {
        assertNotNull(obtainRemoteClientAddr());
        assertEquals(obtainLocalServerAddr(), obtainRemoteServerAddr());
    }
}
