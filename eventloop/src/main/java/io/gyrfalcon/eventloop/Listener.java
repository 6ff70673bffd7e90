package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Port;

import java.net.SocketAddress;

/** A place where connections arrive. Any thread. */
public final class Listener {
    private final SocketAddress address;
    private final Door[] doors;

    private Listener(SocketAddress address, Door[] doors) {
        this.address = address;
        this.doors = doors;
    }

    /** One listening socket on {@code home}, its connections spread over {@code targets}. */
    static Listener open(Port port, Loop home, Targets targets, Acceptor acceptor) {
        return open(new Door[] {new Door(port, home, targets, acceptor)}, new Loop[] {home});
    }

    static Listener open(Door[] doors, Loop[] homes) {
        Listener listener = new Listener(doors[0].port().address(), doors);
        for (int i = 0; i < doors.length; i++) {
            Door door = doors[i];
            if (!homes[i].post(door)) door.port().close();
        }
        return listener;
    }

    /** The bound address, with the real port number. */
    public SocketAddress address() {
        return address;
    }

    /**
     * Stops listening: the address is free when this returns. Connections that were accepted before
     * live on; those that wait in the system's queue are refused.
     */
    public void close() {
        for (Door door : doors) door.close();
    }
}
