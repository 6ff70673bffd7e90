package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

class UnixSocketFileTest {
    @TempDir Path folder;

    @Test
    void aPathWithoutAFileIsFree() throws Exception {
        UnixSocketFile.makeFree(UnixDomainSocketAddress.of(folder.resolve("s")));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aSocketThatNobodyListensOnIsRemoved() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(address);
            assertThatThrownBy(() -> UnixSocketFile.makeFree(address))
                    .hasMessageContaining("in use by another process");
        }
        assertThat(address.getPath()).exists();
        UnixSocketFile.makeFree(address);
        assertThat(address.getPath()).doesNotExist();
    }

    @Test
    void whatIsNoSocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("s"), "precious");
        assertThatThrownBy(() -> UnixSocketFile.makeFree(UnixDomainSocketAddress.of(file)))
                .hasMessageContaining("exists and is no socket");
        assertThat(file).hasContent("precious");
    }

    @Test
    void whatCannotBeRemovedIsNamed() throws Exception {
        Files.writeString(folder.resolve("in-it"), "x");
        assertThatThrownBy(() -> UnixSocketFile.remove(UnixDomainSocketAddress.of(folder)))
                .hasMessageContaining("cannot be removed");
    }
}
