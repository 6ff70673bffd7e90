package io.gyrfalcon.transport.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Looks a name up; blocks as long as that takes. Any thread. */
public interface NameLookup {
    /** The JDK's own. */
    NameLookup SYSTEM =
            (host, port) -> {
                List<SocketAddress> found = new ArrayList<>();
                for (InetAddress address : InetAddress.getAllByName(host)) {
                    found.add(new InetSocketAddress(address, port));
                }
                return found;
            };

    /**
     * All addresses of a port of a host, at least one.
     *
     * @throws IOException when there is none, or nobody knows now
     */
    List<SocketAddress> lookUp(String host, int port) throws IOException;
}
