# Maven Surefire and Gradle with JUnit 4, from Debian's packages and offline: maven, libsurefire-java, junit4, gradle.
mkdir -p "$work/mv/src/test/java/spans" "$work/mv/src/main/java/spans" && cd "$work/mv" || exit
cat > pom.xml <<'X'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId><artifactId>spans</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.x</version><scope>test</scope></dependency>
  </dependencies>
</project>
X
cat > src/main/java/spans/Spans.java <<'J'
package spans;
public class Spans {
    public static int merge(int a) { throw new UnsupportedOperationException("merge is a stub"); }
    public static int add(int a, int b) { return a + b; }
}
J
cat > src/test/java/spans/SpansTest.java <<'J'
package spans;

import static org.junit.Assert.*;
import org.junit.*;

public class SpansTest {
    @Test public void passes() { System.out.println("some output"); }
    @Test public void compares() { assertEquals("wrong sum", 5, Spans.add(2, 2)); }
    @Test public void stub() { Spans.merge(1); }
    @Test @Ignore("needs a GPU") public void gpu() {}
    @Test public void assumes() { Assume.assumeTrue("no device", false); }
}
J
cat > src/test/java/spans/SetupTest.java <<'J'
package spans;

import org.junit.*;

public class SetupTest {
    @Before public void before() { throw new IllegalStateException("no device"); }
    @Test public void never() {}
}
J
cat > src/test/java/spans/ClassTest.java <<'J'
package spans;

import org.junit.*;

public class ClassTest {
    @BeforeClass public static void before() { throw new IllegalStateException("no database"); }
    @Test public void never() {}
}
J
cat > build.gradle <<'G'
apply plugin: 'java'
dependencies { testCompile files('/usr/share/java/junit4.jar', '/usr/share/java/hamcrest.jar') }
G
mv_() { # name, options
	name=$1; shift
	rm -rf target/surefire-reports
	timeout 300 mvn -o -B -Dmaven.repo.local=/usr/share/maven-repo "$@" test > "$out/surefire_$name.log" 2>&1
	for f in target/surefire-reports/TEST-*.xml; do
		[ ! -e "$f" ] || sed -e '/<properties>/,/<\/properties>/d' "$f" > "$out/junit_surefire_${name}_$(basename "$f" .xml).xml"
	done
}
gr() {
	name=$1; shift
	rm -rf build/test-results
	timeout 300 gradle --offline --no-daemon --console=plain "$@" > "$out/gradle_$name.log" 2>&1
	for f in build/test-results/test/TEST-*.xml; do
		[ ! -e "$f" ] || cp "$f" "$out/junit_gradle_${name}_$(basename "$f" .xml).xml"
	done
}
mv_ red
mv_ green -Dtest=SpansTest#passes
mv_ zero -Dtest=SpansTest#nothing
mv_ missing -Dtest=NoSuchTest
gr red test
gr green test --tests spans.SpansTest.passes
gr missing test --tests spans.NoSuchTest
cat > src/test/java/spans/ExitsTest.java <<'J'
package spans;

import org.junit.*;

public class ExitsTest {
    @Test public void first() {}
    @Test public void second() { Runtime.getRuntime().halt(3); }
}
J
mv_ exits -Dtest=ExitsTest
gr exits test --tests spans.ExitsTest
printf 'package spans;\n\npublic class BrokenTest {\n    @org.junit.Test public void x() { Spans.mrge(1); }\n}\n' > src/test/java/spans/BrokenTest.java
mv_ broken
gr broken test
