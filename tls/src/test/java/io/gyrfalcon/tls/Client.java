package io.gyrfalcon.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** A TLS client in memory, on the JDK's engine. */
public final class Client {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    public final SSLEngine engine;
    public final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private byte[] inbound = new byte[0];
    private final ByteArrayOutputStream outbound = new ByteArrayOutputStream();
    public boolean isInboundClosed;

    public Client(SSLContext context, String protocol, String... alpn) {
        engine = context.createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setApplicationProtocols(alpn);
        engine.setSSLParameters(parameters);
        try {
            engine.beginHandshake();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static SSLContext context(String key) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = key == null ? null : clientKeys(key);
            context.init(keys, Fixtures.trust("ca.pem"), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyManager[] clientKeys(String name) throws GeneralSecurityException {
        try {
            List<X509Certificate> chain = Certificates.read(Fixtures.bytes(name + ".crt"), name);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "client",
                    PrivateKeys.read(Fixtures.bytes(name + ".key"), null, name),
                    new char[0],
                    chain.toArray(new X509Certificate[0]));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, new char[0]);
            // A client that shows its certificate whatever roots the server names.
            return new KeyManager[] {
                new AnyIssuer((javax.net.ssl.X509ExtendedKeyManager) factory.getKeyManagers()[0])
            };
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the handshake is over, as the client sees it. */
    public boolean isEstablished() {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /** What the client wants to send now. */
    public byte[] take() throws SSLException {
        drive();
        byte[] bytes = outbound.toByteArray();
        outbound.reset();
        return bytes;
    }

    public void accept(byte[] bytes) throws SSLException {
        byte[] all = Arrays.copyOf(inbound, inbound.length + bytes.length);
        System.arraycopy(bytes, 0, all, inbound.length, bytes.length);
        ByteBuffer source = ByteBuffer.wrap(all);
        ByteBuffer plain = ByteBuffer.allocate(40_000);
        while (source.hasRemaining()) {
            drive();
            plain.clear();
            SSLEngineResult result = engine.unwrap(source, plain);
            received.write(plain.array(), 0, plain.position());
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) isInboundClosed = true;
            if (result.getStatus() != SSLEngineResult.Status.OK) break;
        }
        inbound = Arrays.copyOfRange(all, source.position(), all.length);
        drive();
    }

    public void send(byte[] plain) throws SSLException {
        ByteBuffer source = ByteBuffer.wrap(plain);
        do {
            wrap(source);
        } while (source.hasRemaining());
    }

    public void close() {
        engine.closeOutbound();
    }

    private void drive() throws SSLException {
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                wrap(NOTHING);
            } else {
                return;
            }
        }
    }

    private void wrap(ByteBuffer source) throws SSLException {
        ByteBuffer record = ByteBuffer.allocate(40_000);
        SSLEngineResult result = engine.wrap(source, record);
        if (source.hasRemaining() && record.position() == 0) {
            throw new SSLException("cannot send: " + result);
        }
        outbound.write(record.array(), 0, record.position());
    }

    /** Shows the key to whoever asks. */
    private static final class AnyIssuer extends javax.net.ssl.X509ExtendedKeyManager {
        private final javax.net.ssl.X509ExtendedKeyManager keys;

        AnyIssuer(javax.net.ssl.X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, java.security.Principal[] issuers, SSLEngine engine) {
            return "client";
        }

        @Override
        public String[] getClientAliases(String type, java.security.Principal[] issuers) {
            return new String[] {"client"};
        }

        @Override
        public String chooseClientAlias(
                String[] types, java.security.Principal[] issuers, java.net.Socket socket) {
            return "client";
        }

        @Override
        public String[] getServerAliases(String type, java.security.Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseServerAlias(
                String type, java.security.Principal[] issuers, java.net.Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public java.security.PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
    }
}
