package io.gyrfalcon.http2;

/** Which end of the connection this is. */
enum Role {
    SERVER,
    CLIENT
}
