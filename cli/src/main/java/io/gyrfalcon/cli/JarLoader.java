package io.gyrfalcon.cli;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * Loads a user's classes: what they share with the engine from the engine, the rest from the jar.
 */
final class JarLoader extends URLClassLoader {
    /*
     * What is shared must be the same class on both sides, since it passes between them: the
     * platform, io.grpc, and what io.grpc's own signatures speak of (Guava's futures, protobuf's
     * messages). Everything else comes from the jar first, so that its libraries keep their
     * versions.
     *
     * Protobuf is the jar's where the jar brings both protobuf and grpc-protobuf: then generated
     * classes, marshallers and runtime are of one piece, and the engine sees io.grpc's Marshaller
     * only. Where it brings protobuf alone, our grpc-protobuf would hand out messages of another
     * protobuf, and so ours is taken for all.
     *
     * Classes of io.grpc that the engine lacks (a user's own under that name, or a transport that
     * the jar bundles) come from the jar.
     */
    private static final String MESSAGE_CLASS = "com/google/protobuf/MessageLite.class";
    private static final String MARSHALLER_CLASS = "io/grpc/protobuf/lite/ProtoLiteUtils.class";
    private static final String[] PLATFORM = {"java.", "javax.", "jdk.", "sun.", "com.sun."};
    private static final String[] PROTOBUF = {"com.google.protobuf.", "io.grpc.protobuf."};
    private static final String[] SHARED = {
        "io.grpc.", "com.google.common.", "com.google.protobuf.", "io.perfmark."
    };

    static {
        registerAsParallelCapable();
    }

    private final boolean ownsProtobuf;

    JarLoader(URL[] jars, ClassLoader parent) {
        super("services", jars, parent);
        ownsProtobuf =
                findResource(MESSAGE_CLASS) != null && findResource(MARSHALLER_CLASS) != null;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) loaded = isOwn(name) ? ownFirst(name) : sharedFirst(name);
            if (resolve) resolveClass(loaded);
            return loaded;
        }
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }

    private boolean isOwn(String name) {
        if (startsWithAny(name, PLATFORM)) return false;
        if (ownsProtobuf && startsWithAny(name, PROTOBUF)) return true;
        return !startsWithAny(name, SHARED);
    }

    private Class<?> ownFirst(String name) throws ClassNotFoundException {
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            return getParent().loadClass(name);
        }
    }

    private Class<?> sharedFirst(String name) throws ClassNotFoundException {
        try {
            return getParent().loadClass(name);
        } catch (ClassNotFoundException e) {
            return findClass(name);
        }
    }

    private static boolean startsWithAny(String name, String[] prefixes) {
        for (String prefix : prefixes) if (name.startsWith(prefix)) return true;
        return false;
    }
}
