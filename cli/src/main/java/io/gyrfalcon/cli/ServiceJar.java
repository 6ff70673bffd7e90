package io.gyrfalcon.cli;

import io.grpc.BindableService;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.zip.ZipFile;

/** The services of a user's jars, unchanged. */
final class ServiceJar {
    private static final String SERVICE_FILE = "META-INF/services/io.grpc.BindableService";
    private static final String WANTED = "a class that implements io.grpc.BindableService";

    private final List<Path> jars;
    private final ClassLoader loader;

    /**
     * Opens jars in a class loader of their own.
     *
     * @param jars none: the classes of our own class path
     */
    ServiceJar(List<Path> jars) throws CommandError {
        this.jars = jars;
        ClassLoader own = ServiceJar.class.getClassLoader();
        this.loader = jars.isEmpty() ? own : new JarLoader(urls(jars), own);
    }

    /** What loads the user's classes: handlers' threads should have it as context. */
    ClassLoader loader() {
        return loader;
    }

    /**
     * One object of each class.
     *
     * @param classNames the classes; none: those that the jars' service files name
     */
    List<BindableService> services(List<String> classNames) throws CommandError {
        if (classNames.isEmpty()) return listed();
        List<BindableService> services = new ArrayList<>();
        for (String name : classNames) services.add(named(name));
        return services;
    }

    private List<BindableService> listed() throws CommandError {
        List<BindableService> services = new ArrayList<>();
        try {
            Iterator<BindableService> found =
                    ServiceLoader.load(BindableService.class, loader).iterator();
            while (found.hasNext()) services.add(found.next());
        } catch (ServiceConfigurationError | LinkageError e) {
            throw CommandError.failure("--service-jar: " + jars + ": " + chainOf(e));
        }
        if (!services.isEmpty()) return services;
        throw CommandError.failure(
                "--service-jar: "
                        + jars
                        + " names no service (expected: "
                        + SERVICE_FILE
                        + ", or --service CLASS)");
    }

    private BindableService named(String name) throws CommandError {
        String option = "--service: " + name;
        try {
            Object service = Class.forName(name, true, loader).getConstructor().newInstance();
            if (service instanceof BindableService bindable) return bindable;
            throw CommandError.failure(option + " is something else (expected: " + WANTED + ")");
        } catch (ClassNotFoundException e) {
            throw CommandError.failure(
                    option + " is not in " + place() + " (expected: " + WANTED + ")");
        } catch (NoSuchMethodException e) {
            throw CommandError.failure(
                    option + " cannot be made (expected: a public constructor without arguments)");
        } catch (InstantiationException e) {
            throw CommandError.failure(option + " is abstract (expected: a class of objects)");
        } catch (InvocationTargetException e) {
            throw CommandError.failure(option + " failed in its constructor: " + chainOf(e));
        } catch (ReflectiveOperationException | LinkageError e) {
            throw CommandError.failure(option + " cannot be loaded: " + chainOf(e));
        }
    }

    private String place() {
        return jars.isEmpty() ? "the class path" : jars.toString();
    }

    /** What went wrong, with its causes: the last one mostly tells. */
    private static String chainOf(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        int depth = 0;
        for (Throwable t = thrown; t != null && depth < 5; t = t.getCause(), depth++) {
            if (t instanceof InvocationTargetException) continue;
            if (!text.isEmpty()) text.append("; because of ");
            text.append(t);
        }
        return text.toString();
    }

    private static URL[] urls(List<Path> jars) throws CommandError {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) urls[i] = url(jars.get(i));
        return urls;
    }

    private static URL url(Path jar) throws CommandError {
        String option = "--service-jar: " + jar;
        if (!Files.exists(jar))
            throw CommandError.failure(option + " does not exist (expected: a jar)");
        if (!Files.isRegularFile(jar)) {
            throw CommandError.failure(option + " is not a file (expected: a jar)");
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.size() == 0) {
                throw CommandError.failure(option + " is empty (expected: a jar with classes)");
            }
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw CommandError.failure(option + ": " + CommandError.textOf(e));
        } catch (IOException e) {
            throw CommandError.failure(
                    option + " is not a readable jar: " + CommandError.textOf(e));
        }
    }
}
