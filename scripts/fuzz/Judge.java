// Debian's Tomcat 10 as the judge of the fuzzer: whatever it serves it tells on standard output, one JSON object a line, and in its answer.
// Run from source: java -cp <tomcat10-embed-core> Judge.java <private folder>
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

@SuppressWarnings("deprecation")
public class Judge {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] parameters) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(parameters[0]);
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
        Context root = tomcat.addContext("", parameters[0]);
        serve(root, "root", "/*");
        Context jira = tomcat.addContext("/jira", parameters[0]);
        serve(jira, "rest", "/rest/*");
        serve(jira, "other", "/*");
        tomcat.start();
        OUT.println("{\"listening\":" + tomcat.getConnector().getLocalPort() + "}");
        // The parent holds our standard input: when it is gone, so are we.
        while (System.in.read() >= 0) { }
        System.exit(0);
    }

    private static void serve(Context context, String name, String pattern) {
        Tomcat.addServlet(context, name, new Echo(name));
        context.addServletMappingDecoded(pattern, name);
    }

    static class Echo extends HttpServlet {
        private final String place;

        Echo(String place) {
            this.place = place;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String told = describe(request);
            synchronized (OUT) {
                OUT.println(told);
            }
            byte[] body = told.getBytes(StandardCharsets.UTF_8);
            response.setContentType("application/x-judged");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }

        private String describe(HttpServletRequest request) throws IOException {
            List<String> fields = new ArrayList<>();
            for (String name : Collections.list(request.getHeaderNames()))
                for (String value : Collections.list(request.getHeaders(name))) fields.add("[" + quote(name) + "," + quote(value) + "]");
            List<String> names = new ArrayList<>();
            // Of the query alone: a form's body is not the gate's to read.
            String contentType = request.getContentType();
            if (contentType == null || !contentType.toLowerCase().contains("form"))
                for (String name : Collections.list(request.getParameterNames())) names.add(quote(name));
            long bytes = 0;
            byte[] buffer = new byte[8192];
            try {
                for (int read = request.getInputStream().read(buffer); read >= 0; read = request.getInputStream().read(buffer)) bytes += read;
            } catch (IOException broken) {
                bytes = -1;
            }
            return "{\"place\":" + quote(place) + ",\"method\":" + quote(request.getMethod()) + ",\"uri\":" + quote(request.getRequestURI())
                + ",\"query\":" + quote(request.getQueryString()) + ",\"contextPath\":" + quote(request.getContextPath())
                + ",\"servletPath\":" + quote(request.getServletPath()) + ",\"pathInfo\":" + quote(request.getPathInfo())
                + ",\"remoteUser\":" + quote(request.getRemoteUser()) + ",\"parameters\":[" + String.join(",", names)
                + "],\"bytes\":" + bytes + ",\"fields\":[" + String.join(",", fields) + "]}";
        }

        private static String quote(String text) {
            if (text == null) return "null";
            StringBuilder quoted = new StringBuilder("\"");
            for (char letter : text.toCharArray()) {
                if (letter == '"' || letter == '\\') quoted.append('\\').append(letter);
                else if (letter < 0x20 || letter > 0x7e) quoted.append(String.format("\\u%04x", (int) letter));
                else quoted.append(letter);
            }
            return quoted.append('"').toString();
        }
    }
}
