package io.gyrfalcon.transport.client;

import java.net.SocketAddress;
import java.util.List;

/** What a name's resolution tells, on its loop. */
public interface NameEvents {
    /** The addresses of the name, at least one; told anew whenever it was looked up. */
    void onAddresses(List<SocketAddress> addresses);

    /** The name could not be looked up; it is tried again after a while. */
    void onFailure(CallStatus status);
}
