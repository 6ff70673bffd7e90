package io.gyrfalcon.primitives;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a class has no locks because one loop at a time owns each of its objects.
 *
 * <p>A loop is state, not a thread: the owner may change, by a hand-over that orders memory.
 * Between two hand-overs one thread alone calls the object.
 */
@Documented
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.TYPE)
public @interface LoopOwned {}
