package io.github.ecgclassifier.client;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the service is, and how it and its caller show each other who they are.
 *
 * @param address HOST:PORT, with brackets around an IPv6 address
 * @param credentials plain text, TLS, or TLS with a certificate of one's own
 * @param token the bearer token that every call brings; in plain text it is sent to this machine only
 */
public record Connection(String address, ChannelCredentials credentials, Optional<String> token) {
    /** Where a server listens unless it is told otherwise. */
    public static final String DEFAULT_ADDRESS = "127.0.0.1:50051";

    /** The largest message that is received, in bytes; gRPC alone stops at 4 MiB. What is sent has no limit in Java. */
    public static final int MAX_MESSAGE_BYTES = 64 << 20;

    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s:/\\[\\]]+):([0-9]{1,5})");
    private static final Pattern LOOPBACK = Pattern.compile("(?i)localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** Streams are not retried: some of their results may have been used. */
    private static final Map<String, ?> SERVICE_CONFIG = Map.of("methodConfig", List.of(Map.of(
            "name", List.of(
                    Map.of("service", "ecg.v1.EcgService", "method", "Predict"),
                    Map.of("service", "ecg.v1.EcgService", "method", "ModelSummary")),
            "retryPolicy", Map.of(
                    "maxAttempts", 4.0,
                    "initialBackoff", "0.1s",
                    "maxBackoff", "2s",
                    "backoffMultiplier", 3.0,
                    "retryableStatusCodes", List.of("UNAVAILABLE")))));

    /**
     * Checks what was given.
     *
     * @throws IllegalArgumentException the address names no host and port, the token is none, or it would leave this
     *     machine in plain text
     */
    public Connection {
        Matcher match = HOST_AND_PORT.matcher(address);
        if (!match.matches() || !isPort(Integer.parseInt(match.group(2)))) {
            throw new IllegalArgumentException(
                    "'%s' is no address; give HOST:PORT, such as %s, without http://".formatted(address, DEFAULT_ADDRESS));
        }
        if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
            throw new IllegalArgumentException("the token is empty or has characters that no token has");
        }
        boolean isPlaintext = credentials instanceof InsecureChannelCredentials;
        if (token.isPresent() && isPlaintext && !LOOPBACK.matcher(match.group(1)).matches()) {
            throw new IllegalArgumentException(
                    "the token would travel to %s in plain text; use tls(), or --ca, with it".formatted(address));
        }
    }

    /** Returns a connection in plain text, for this machine or a network that is trusted. */
    public static Connection plaintext(String address) {
        return new Connection(address, InsecureChannelCredentials.create(), Optional.empty());
    }

    /**
     * Returns a connection over TLS.
     *
     * @param authorities a PEM file with the certificates of those who may vouch for the service
     * @throws IOException the file cannot be read
     * @throws IllegalArgumentException it holds no certificates
     */
    public static Connection tls(String address, Path authorities) throws IOException {
        refuseWithoutCertificates(authorities);
        ChannelCredentials credentials = TlsChannelCredentials.newBuilder().trustManager(authorities.toFile()).build();
        return new Connection(address, credentials, Optional.empty());
    }

    /** Returns this connection with a bearer token that every call brings. */
    public Connection withToken(String token) {
        return new Connection(address, credentials, Optional.of(token));
    }

    /** Does not show the token. */
    @Override
    public String toString() {
        return "Connection[%s]".formatted(address);
    }

    private static boolean isPort(int number) {
        return 0 < number && number <= 65_535;
    }

    private static void refuseWithoutCertificates(Path authorities) throws IOException {
        boolean isEmpty;
        try (InputStream content = Files.newInputStream(authorities)) {
            isEmpty = CertificateFactory.getInstance("X.509").generateCertificates(content).isEmpty();
        } catch (CertificateException unreadable) {
            isEmpty = true;
        }
        if (isEmpty) {
            throw new IllegalArgumentException(
                    "%s holds no certificates; give a PEM file with those of authorities".formatted(authorities));
        }
    }

    ManagedChannel open() {
        return Grpc.newChannelBuilder(address, credentials)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .defaultServiceConfig(SERVICE_CONFIG)
                // A call whose message is larger is not retried; by itself gRPC stops at 1 MiB.
                .perRpcBufferLimit(MAX_MESSAGE_BYTES)
                .retryBufferSize(4L * MAX_MESSAGE_BYTES)
                // A peer that vanished without a word is noticed, if anything is asked of it.
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .build();
    }

    Channel authorized(Channel channel) {
        if (token.isEmpty()) {
            return channel;
        }
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token.get());
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }
}
