package io.gyrfalcon.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Makes jars out of sources, of other jars and of folders. One thread, the test's own. */
final class JarBuilder {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    JarBuilder file(String name, String text) {
        entries.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    JarBuilder services(String... classNames) {
        return file("META-INF/services/io.grpc.BindableService", String.join("\n", classNames));
    }

    /** Compiles classes against the tests' class path; each is named by its first line's type. */
    JarBuilder sources(Path scratch, Map<String, String> textsByClass) throws IOException {
        Path classes = Files.createTempDirectory(scratch, "classes");
        List<JavaFileObject> units = new ArrayList<>();
        textsByClass.forEach((name, text) -> units.add(new Source(name, text)));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of(
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"));
        StringWriter messages = new StringWriter();
        if (!compiler.getTask(messages, null, null, options, null, units).call()) {
            throw new AssertionError(messages.toString());
        }
        return folder(classes, "");
    }

    /** Everything below a folder whose name starts so. */
    JarBuilder folder(Path folder, String prefix) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var walk = Files.walk(folder)) {
            walk.filter(Files::isRegularFile).forEach(files::add);
        }
        for (Path file : files) {
            String name = folder.relativize(file).toString();
            if (name.startsWith(prefix)) entries.put(name, Files.readAllBytes(file));
        }
        return this;
    }

    /** Everything in the place that a class comes from, as a shading plugin would copy it. */
    JarBuilder allBeside(Class<?> type, String prefix) throws Exception {
        URI place = type.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path path = Path.of(place);
        if (Files.isDirectory(path)) return folder(path, prefix);
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Enumeration<? extends ZipEntry> all = zip.entries();
            while (all.hasMoreElements()) {
                ZipEntry entry = all.nextElement();
                if (entry.isDirectory() || !entry.getName().startsWith(prefix)) continue;
                try (InputStream in = zip.getInputStream(entry)) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return this;
    }

    Path build(Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return jar;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(
                    URI.create("string:///" + className.replace('.', '/') + ".java"),
                    JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
