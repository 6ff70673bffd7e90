package io.gyrfalcon.bench.server;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.gyrfalcon.bench.Arguments;

import java.io.IOException;

/**
 * A grpc-java service main that names no engine: whichever provider the class path offers serves
 * it. Options: {@code --port 0..65535}, {@code --executor direct|default}, {@code --services
 * greeter|all}, {@code --handlers quick|blocking} (of all services; blocking ones need a class path
 * with a channel, too, and never the direct executor).
 */
public final class GreeterServer {
    private GreeterServer() {}

    /** Serves until its standard input ends or says {@code quit}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Arguments arguments = new Arguments(words);
        int port = arguments.number("--port", 0, 0, 65_535);
        ServerBuilder<?> builder =
                Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create());
        builder.addService(new GreeterService());
        BlockingWays ways = null;
        boolean isDirect = isNamed(arguments, "--executor", "direct", "default");
        if (isNamed(arguments, "--handlers", "blocking", "quick")) {
            if (isDirect) throw new IllegalArgumentException("--handlers: blocking, on the loop");
            ways = new BlockingWays();
            builder.addService(new MixedService(ways)).intercept(ways);
        } else if (isNamed(arguments, "--services", "all", "greeter")) {
            builder.addService(new MixedService());
        }
        if (isDirect) builder.directExecutor();
        Server server = builder.build().start();
        if (ways != null) ways.start(server.getPort());
        System.out.println("ready " + server.getPort());
        new ControlLines(server.getClass().getName()).serve(System.in, System.out);
        server.shutdownNow().awaitTermination();
        if (ways != null) ways.close();
    }

    private static boolean isNamed(Arguments arguments, String name, String named, String other) {
        String text = arguments.text(name, other);
        if (text.equals(named)) return true;
        if (text.equals(other)) return false;
        throw new IllegalArgumentException(
                name + ": " + text + " (expected: " + named + " or " + other + ")");
    }
}
