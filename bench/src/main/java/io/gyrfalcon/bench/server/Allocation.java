package io.gyrfalcon.bench.server;

import com.sun.management.ThreadMXBean;

import io.gyrfalcon.bench.hello.HelloRequest;

import java.lang.management.ManagementFactory;

/** Bytes allocated, as the JVM counts them. Stateless. */
public final class Allocation {
    private Allocation() {}

    /** By all threads since the start of the process, ended ones included. */
    public static long processBytes() {
        return threads().getTotalThreadAllocatedBytes();
    }

    /**
     * By one greeter call without a transport: the mean of that many calls, after as many to warm
     * up.
     */
    static double nullTransportBytesPerCall(int calls) {
        if (calls < 1) throw new IllegalArgumentException("calls: " + calls + " (expected: >= 1)");
        NullTransport<?, ?> greeter =
                NullTransport.of(
                        new GreeterService(),
                        "helloworld.Greeter/SayHello",
                        HelloRequest.newBuilder().setName("hello").build().toByteArray());
        greeter.run(calls);
        ThreadMXBean threads = threads();
        long before = threads.getCurrentThreadAllocatedBytes();
        greeter.run(calls);
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / calls;
    }

    private static ThreadMXBean threads() {
        return (ThreadMXBean) ManagementFactory.getThreadMXBean();
    }
}
