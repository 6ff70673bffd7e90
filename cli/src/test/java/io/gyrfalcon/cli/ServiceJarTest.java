package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Struct;

import io.grpc.BindableService;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.lite.ProtoLiteUtils;
import io.gyrfalcon.cli.demo.Greeter;
import io.gyrfalcon.cli.demo.helloworld.GreeterGrpc;
import io.gyrfalcon.cli.demo.helloworld.HelloRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class ServiceJarTest {
    private static final String GREETER = "io.gyrfalcon.cli.demo.Greeter";

    @TempDir Path folder;

    /** A service of the given name, with a constructor body. */
    private static String source(String name, String constructor) {
        return """
        package users;
        public final class %s implements io.grpc.BindableService {
            public %s() { %s }
            @Override public io.grpc.ServerServiceDefinition bindService() {
                return io.grpc.ServerServiceDefinition.builder("users.%s").build();
            }
        }
        """
                .formatted(name, name, constructor, name);
    }

    private JarBuilder jarOf(Map<String, String> sources) throws Exception {
        return new JarBuilder().sources(folder, sources);
    }

    private Path jar(JarBuilder builder) throws Exception {
        return builder.build(folder.resolve("services.jar"));
    }

    private static Ran serve(Path jar, String... more) {
        String[] arguments = new String[more.length + 4];
        arguments[0] = "serve";
        arguments[1] = "--port=0";
        arguments[2] = "--service-jar";
        arguments[3] = jar.toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Ran.of(arguments);
    }

    @Test
    void everyServiceThatAJarListsIsServed() throws Exception {
        Map<String, String> sources =
                Map.of("users.One", source("One", ""), "users.Two", source("Two", ""));
        Path jar = jar(jarOf(sources).services("users.One", "users.Two"));
        Services services = Services.of(new ServiceJar(List.of(jar)).services(List.of()));
        assertThat(services.names()).startsWith("users.One", "users.Two").hasSize(5);
    }

    @Test
    void aNamedClassIsServedInsteadOfThoseListed() throws Exception {
        Map<String, String> sources =
                Map.of("users.One", source("One", ""), "users.Two", source("Two", ""));
        Path jar = jar(jarOf(sources).services("users.One"));
        ServiceJar opened = new ServiceJar(List.of(jar));
        List<BindableService> services = opened.services(List.of("users.Two"));
        assertThat(services).hasSize(1);
        assertThat(services.get(0).getClass().getClassLoader()).isSameAs(opened.loader());
        assertThat(Services.of(services).names()).startsWith("users.Two");
    }

    @Test
    void withoutAJarAClassOfOurOwnClassPathIsServed() throws Exception {
        ServiceJar own = new ServiceJar(List.of());
        assertThat(own.services(List.of(GREETER)).get(0)).isInstanceOf(Greeter.class);
        Ran.of("serve", "--service=no.Such").failedWith(1, "no.Such is not in the class path");
    }

    @Test
    void aJarWithItsOwnLibrariesKeepsThem() throws Exception {
        // A class of a name that our own class path has too.
        String library =
                "package picocli; public class CommandLine { public String toString() {"
                        + " return \"the user's\"; } }";
        String user =
                source(
                        "One",
                        "if (!new picocli.CommandLine().toString().equals(\"the user's\"))"
                                + " throw new AssertionError();");
        Path jar =
                jar(
                        jarOf(Map.of("picocli.CommandLine", library, "users.One", user))
                                .services("users.One"));
        ServiceJar opened = new ServiceJar(List.of(jar));
        assertThat(opened.services(List.of())).hasSize(1);
        assertThat(opened.loader().loadClass("io.grpc.BindableService"))
                .isSameAs(BindableService.class);
    }

    @Test
    void aResourceOfTheJarComesBeforeOurs() throws Exception {
        Path jar =
                jar(
                        jarOf(Map.of("users.One", source("One", "")))
                                .services("users.One")
                                .file("users.txt", "mine"));
        ClassLoader loader = new ServiceJar(List.of(jar)).loader();
        URL own = loader.getResource("users.txt");
        assertThat(own).isNotNull();
        assertThat(loader.getResource("META-INF/services/io.grpc.BindableService").toString())
                .contains("services.jar");
        assertThat(loader.getResource("io/grpc/BindableService.class")).isNotNull();
        assertThat(loader.getResource("no/such/thing")).isNull();
    }

    @Test
    void generatedCodeWithoutProtobufRunsOnOurs() throws Exception {
        Path jar = jar(new JarBuilder().allBeside(Greeter.class, "io/gyrfalcon/cli/demo/"));
        ServiceJar opened = new ServiceJar(List.of(jar));
        assertThat(opened.loader().loadClass(MessageLite.class.getName()))
                .isSameAs(MessageLite.class);
        greets(opened);
    }

    @Test
    void generatedCodeWithProtobufAndGrpcProtobufRunsOnItsOwn() throws Exception {
        Path jar =
                jar(
                        new JarBuilder()
                                .allBeside(Greeter.class, "io/gyrfalcon/cli/demo/")
                                .allBeside(MessageLite.class, "com/google/protobuf/")
                                .allBeside(ProtoUtils.class, "io/grpc/")
                                .allBeside(ProtoLiteUtils.class, "io/grpc/"));
        ServiceJar opened = new ServiceJar(List.of(jar));
        assertThat(opened.loader().loadClass(MessageLite.class.getName()))
                .isNotSameAs(MessageLite.class);
        greets(opened);
    }

    @Test
    void protobufAloneInTheJarIsPassedOver() throws Exception {
        Path jar =
                jar(
                        new JarBuilder()
                                .allBeside(Greeter.class, "io/gyrfalcon/cli/demo/")
                                .allBeside(MessageLite.class, "com/google/protobuf/"));
        ServiceJar opened = new ServiceJar(List.of(jar));
        assertThat(opened.loader().loadClass(Struct.class.getName())).isSameAs(Struct.class);
        greets(opened);
    }

    private static void greets(ServiceJar opened) throws Exception {
        List<BindableService> services = opened.services(List.of(GREETER));
        assertThat(services.get(0)).isNotInstanceOf(Greeter.class);
        try (InProcess served = new InProcess(Services.of(services))) {
            HelloRequest request = HelloRequest.newBuilder().setName("jar").build();
            assertThat(GreeterGrpc.newBlockingStub(served.channel()).sayHello(request).getMessage())
                    .isEqualTo("Hello jar");
        }
    }

    @Test
    void aJarThatIsNoneIsOneLine() throws Exception {
        serve(folder.resolve("absent.jar")).failedWith(1, "absent.jar does not exist");
        serve(folder).failedWith(1, "is not a file (expected: a jar)");
        Path text = Files.writeString(folder.resolve("text.jar"), "no zip");
        serve(text).failedWith(1, "text.jar is not a readable jar");
    }

    @Test
    void aJarThatNamesNoServiceIsOneLine() throws Exception {
        serve(jar(new JarBuilder().file("a.txt", "a")))
                .failedWith(1, "names no service", "META-INF/services/io.grpc.BindableService");
    }

    @Test
    void aListedClassThatIsMissingIsOneLine() throws Exception {
        serve(jar(new JarBuilder().services("users.Gone"))).failedWith(1, "users.Gone");
    }

    @Test
    void aListedClassThatFailsIsOneLineWithItsCause() throws Exception {
        String bad = source("Bad", "throw new IllegalStateException(\"no\\n database\");");
        Path jar = jar(jarOf(Map.of("users.Bad", bad)).services("users.Bad"));
        serve(jar).failedWith(1, "users.Bad", "no database");
        serve(jar, "--service=users.Bad").failedWith(1, "users.Bad failed", "no database");
    }

    @Test
    void aNamedClassThatCannotBeServedIsOneLine() throws Exception {
        Map<String, String> sources =
                Map.of(
                        "users.Other", "package users; public class Other {}",
                        "users.Private", "package users; public class Private { Private() {} }",
                        "users.Abstract",
                                "package users; public abstract class Abstract implements"
                                        + " io.grpc.BindableService {}");
        Path jar = jar(jarOf(sources).file("users/Broken.class", "no class"));
        serve(jar, "--service=users.Gone").failedWith(1, "users.Gone is not in", "services.jar");
        serve(jar, "--service=users.Other")
                .failedWith(1, "users.Other is something else", "io.grpc.BindableService");
        serve(jar, "--service=users.Private").failedWith(1, "a public constructor without");
        serve(jar, "--service=users.Abstract")
                .failedWith(1, "users.Abstract is abstract (expected: ");
        serve(jar, "--service=users.Broken").failedWith(1, "users.Broken cannot be loaded");
    }
}
