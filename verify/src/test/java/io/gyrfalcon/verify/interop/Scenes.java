package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.TlsServerCredentials;
import io.gyrfalcon.verify.Child;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What each client of another language shows, one line of output for each. */
final class Scenes {
    /** Names that the programs under src/test/python and src/test/go print. */
    static final List<String> ALL =
            List.of(
                    "reflection",
                    "unary",
                    "server_streaming",
                    "client_streaming",
                    "both_streaming",
                    "compression",
                    "deadline",
                    "cancel",
                    "metadata",
                    "status",
                    "unimplemented");

    private static final int SECONDS = 120;

    private Scenes() {}

    /** Runs a program against our server: every scene holds, and the server saw what it should. */
    static void run(List<String> program) throws Exception {
        try (Target target = new Target()) {
            run(program, target, List.of(target.address()));
        }
    }

    /** The same over TLS. */
    static void runSecure(List<String> program, Path folder) throws Exception {
        try (Target target = Target.secure(TlsServerCredentials.ClientAuth.NONE)) {
            run(program, target, List.of(target.address(), Target.roots(folder).toString()));
        }
    }

    private static void run(List<String> program, Target target, List<String> arguments)
            throws Exception {
        List<String> command = new ArrayList<>(program);
        command.addAll(arguments);
        try (Child client = Child.start(command)) {
            int exit = client.await(SECONDS);
            for (String scene : ALL) assertThat(client.output()).contains("PASS " + scene);
            assertThat(exit).as(client.output()).isZero();
        }
        target.awaitCancelled(2);
    }
}
