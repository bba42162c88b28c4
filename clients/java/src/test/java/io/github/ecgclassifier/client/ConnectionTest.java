package io.github.ecgclassifier.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:50051", "localhost:1", "[::1]:65535"})
    void inPlainTextATokenStaysOnThisMachine(String address) {
        Connection connection = Connection.plaintext(address).withToken("s3cret");

        assertEquals(address, connection.address());
        assertFalse(connection.toString().contains("s3cret"));
    }

    @Test
    void inPlainTextATokenIsNotSentElsewhere() {
        Connection connection = Connection.plaintext("ecg.example.org:443");

        String message = assertThrows(IllegalArgumentException.class, () -> connection.withToken("s3cret")).getMessage();
        assertTrue(message.contains("ecg.example.org:443") && !message.contains("s3cret"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", ":1", "::1:1", "http://localhost:1", "localhost:0", "localhost:65536"})
    void anAddressIsAHostAndAPort(String address) {
        assertThrows(IllegalArgumentException.class, () -> Connection.plaintext(address));
    }

    @Test
    void authoritiesAreCertificates(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "localhost\n");

        assertThrows(IllegalArgumentException.class, () -> Connection.tls("localhost:443", file));
    }
}
