package io.gyrfalcon.transport.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks a name up; blocks as long as that takes. Any thread. */
public interface NameLookup {
    /** The JDK's own. */
    NameLookup SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /**
     * All addresses of a host, at least one.
     *
     * @throws UnknownHostException when there is none, or nobody knows now
     */
    List<InetAddress> lookUp(String host) throws UnknownHostException;
}
