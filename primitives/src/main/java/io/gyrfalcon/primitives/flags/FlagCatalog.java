package io.gyrfalcon.primitives.flags;

/**
 * A module's list of flags, found by {@link java.util.ServiceLoader}: with it all flags are known
 * without an engine being started.
 */
public interface FlagCatalog {
    /** Initializes the class (or classes) whose static fields are the module's flags. */
    void declareAll();
}
