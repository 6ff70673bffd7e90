package io.gyrfalcon.grpc.client;

import io.grpc.Status;

/** What a resolution tells, on the channel's loop. */
interface ResolutionEvents {
    /** These are the servers from now on. */
    void onResolved(Resolved resolved);

    /** It could not be found out now; those that were told before still count. */
    void onUnresolved(Status why);
}
