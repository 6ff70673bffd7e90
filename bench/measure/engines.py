"""Which engine is a class path, and nothing else: the service main is the same."""

import os
import subprocess

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GREETER = "io.gyrfalcon.bench.server.GreeterServer"
FIXED = "io.gyrfalcon.bench.floor.FixedAnswersServer"
VERTX = "io.gyrfalcon.bench.vertx.VertxGreeterServer"

# The same for every engine; "no flags" leaves all of it out.
FLAGS = ["-Xms512m", "-Xmx512m", "--enable-native-access=ALL-UNNAMED",
         "--add-opens=java.base/java.lang=ALL-UNNAMED"]


class Engine:
    """One column of a table."""

    def __init__(self, name, family, main, arguments):
        self.name = name
        self.family = family
        self.main = main
        self.arguments = arguments


GYRFALCON_DIRECT = Engine("gyrfalcon direct", "gyrfalcon", GREETER, ["--executor", "direct"])
GYRFALCON_DEFAULT = Engine("gyrfalcon default", "gyrfalcon", GREETER, ["--executor", "default"])
GRPC_JAVA_DIRECT = Engine("grpc-java direct", "grpc-java", GREETER, ["--executor", "direct"])
GRPC_JAVA_DEFAULT = Engine("grpc-java default", "grpc-java", GREETER, ["--executor", "default"])
VERTX_GRPC = Engine("Vert.x gRPC", "vertx", VERTX, [])

# Our loop without HTTP/2, gRPC and a service: what the kernel takes. In the cost part only.
FIXED_ANSWERS = Engine("fixed answers", "floor", FIXED, [])

ALL = [GYRFALCON_DIRECT, GRPC_JAVA_DIRECT, VERTX_GRPC, GYRFALCON_DEFAULT, GRPC_JAVA_DEFAULT]


def _is_engine(entry):
    """A module of ours, as a jar or as a directory of classes."""
    return "gyrfalcon" in os.path.basename(entry) or entry.endswith("/target/classes")


def _is_netty(entry):
    return "/io/netty/" in entry or os.path.basename(entry).startswith("netty-")


def _is_grpc_core(entry):
    """What only grpc-java's own transport needs."""
    name = os.path.basename(entry)
    return name.startswith(("grpc-netty-", "grpc-core-", "grpc-util-", "perfmark-", "gson-"))


def _is_vertx(entry):
    name = os.path.basename(entry)
    return name.startswith(("vertx-", "jackson-", "protobuf-java-util-"))


def _is_left_out(family, entry, with_channels):
    if family == "gyrfalcon" and with_channels:
        return _is_vertx(entry)
    if family in ("gyrfalcon", "floor"):
        return _is_netty(entry) or _is_grpc_core(entry) or _is_vertx(entry)
    if family == "grpc-java":
        return _is_engine(entry) or _is_vertx(entry)
    if family == "vertx":
        return _is_engine(entry) or _is_grpc_core(entry)
    raise ValueError(f"family: {family}")


class ClassPaths:
    """The module's class path, cut for each family."""

    def __init__(self):
        listed = os.path.join(BENCH, "target", "classpath.txt")
        own = os.path.join(BENCH, "target", "classes")
        if not os.path.exists(listed) or not os.path.isdir(own):
            raise SystemExit(
                f"{listed} is missing (expected: the module built, "
                "mvn -q -DskipTests -pl bench -am package)")
        with open(listed, encoding="utf-8") as text:
            self.entries = [e for e in text.read().strip().split(":") if e]
        self.own = own

    def of(self, family, with_channels=False):
        """with_channels: grpc-java's channel, too, where the engine's own is for servers only."""
        kept = [e for e in self.entries if not _is_left_out(family, e, with_channels)]
        return ":".join([self.own] + kept)

    def has_engine(self):
        """Whether our jar offers its provider on this class path."""
        service = "META-INF/services/io.grpc.ServerProvider"
        for entry in self.entries:
            if not _is_engine(entry) or "grpc" not in entry:
                continue
            if os.path.isdir(entry) and os.path.exists(os.path.join(entry, service)):
                return True
            if entry.endswith(".jar") and os.path.exists(entry):
                import zipfile
                with zipfile.ZipFile(entry) as jar:
                    if service in jar.namelist():
                        return True
        return False


def java():
    """A java of version 25 or newer: JAVA_HOME's, the path's, or one under /usr/lib/jvm."""
    candidates = []
    if os.environ.get("JAVA_HOME"):
        candidates.append(os.path.join(os.environ["JAVA_HOME"], "bin", "java"))
    candidates.append("java")
    homes = "/usr/lib/jvm"
    if os.path.isdir(homes):
        candidates += [os.path.join(homes, h, "bin", "java") for h in sorted(os.listdir(homes))]
    for candidate in candidates:
        if _feature(candidate) >= 25:
            return candidate
    raise SystemExit("no java of version 25 or newer (expected: JAVA_HOME or /usr/lib/jvm)")


def java_version(command):
    """The full version, or "" where there is none."""
    try:
        done = subprocess.run(
            [command, "-XshowSettings:properties", "-version"],
            capture_output=True, text=True, check=False)
    except OSError:
        return ""
    for line in done.stderr.splitlines():
        if " java.version =" in line:
            return line.split("=")[1].strip()
    return ""


def _feature(command):
    version = java_version(command).split(".")[0].split("-")[0]
    return int(version) if version.isdigit() else 0
