// swift-tools-version: 6.1
import PackageDescription

/// With LAYERFOLD_FUZZ=1 in the environment everything is made for the fuzzing program `Fuzz`, which exists only then: in release
/// mode for long campaigns, in debug mode to be built quickly.
let isFuzzing = Context.environment["LAYERFOLD_FUZZ"] == "1"

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    .unsafeFlags(["-warnings-as-errors"]),
  ]
  + (isFuzzing
    ? [
      .unsafeFlags(["-sanitize=fuzzer,address", "-assert-config", "Debug"], .when(configuration: .release)),
      .unsafeFlags(["-sanitize=fuzzer"], .when(configuration: .debug)),
    ] : [])

/// A library target: imports run one way, downwards, and are all listed here.
func room(_ name: String, path: String? = nil, uses: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: uses, path: path, swiftSettings: settings)
}

/// The tests of one target; every one of them may use the law suites of `Support`. Those that compute little themselves are
/// compiled without optimisation, which takes a third of the time.
func tests(
  _ name: String, uses: [Target.Dependency] = [], resources: [Resource] = [.copy("Vectors")], optimized: Bool = false
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "Support"] + uses, resources: resources,
    swiftSettings: settings + (optimized ? [] : [.unsafeFlags(["-Onone"])]))
}

let package = Package(
  name: "layerfold",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "LayerFold", targets: ["LayerFold"]),
    .executable(name: "layerfold", targets: ["Command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .systemLibrary(name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    .target(
      name: "CFieldKernels",
      cSettings: [.unsafeFlags(["-O3"])]
        + (isFuzzing
          ? [
            .unsafeFlags(["-fsanitize=fuzzer-no-link,address"], .when(configuration: .release)),
            .unsafeFlags(["-fsanitize=fuzzer-no-link"], .when(configuration: .debug)),
          ] : [])),
    .target(
      name: "Algebra", dependencies: ["CGMP", "CFieldKernels"],
      // A key's generators take half a minute without.
      swiftSettings: settings + (isFuzzing ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : [])),
    room("Transcript", uses: ["Algebra", .product(name: "Crypto", package: "swift-crypto")]),
    room("Commitment", uses: ["Algebra", "Transcript", .product(name: "Crypto", package: "swift-crypto")]),
    room("Model"),
    room("ConstraintSystem", uses: ["Algebra", "Transcript"]),
    room("Arguments", uses: ["Algebra", "Transcript", "ConstraintSystem"]),
    room("Circuits", path: "Circuits", uses: ["Algebra", "Transcript", "ConstraintSystem", "Arguments", "Model"]),
    room("Folding", uses: ["Algebra", "Transcript", "Commitment", "ConstraintSystem", "Arguments", "Circuits"]),
    room("Decider", uses: ["Algebra", "Transcript", "Commitment", "ConstraintSystem", "Folding"]),
    room(
      "LayerFold",
      uses: [
        "Algebra", "Transcript", "Commitment", "Model", "ConstraintSystem", "Arguments", "Circuits", "Folding",
        "Decider", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .executableTarget(
      name: "Command",
      dependencies: ["LayerFold", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      resources: [.copy("Resources/tiny-llama")], swiftSettings: settings),
    .target(name: "Support", dependencies: ["Algebra"], path: "Tests/Support", swiftSettings: settings),
    room(
      "PlainVerifier", path: "Tests/PlainVerifier", uses: ["CGMP", .product(name: "Crypto", package: "swift-crypto")]),
    .executableTarget(
      name: "plain-verify", dependencies: ["PlainVerifier"], path: "Tests/PlainVerify", swiftSettings: settings),
    .target(
      name: "Parsers", dependencies: ["Algebra", "Commitment", "ConstraintSystem", "Folding", "Model", "LayerFold"],
      path: "Tests/Parsers", swiftSettings: settings),
    tests("Parsers", resources: [.copy("Corpus")]),
    tests("Algebra"),
    tests("Transcript"),
    tests("Commitment", uses: ["Algebra", "Transcript"]),
    tests("Decider", uses: ["Algebra", "Transcript", "Commitment", "ConstraintSystem"], resources: []),
    tests("ConstraintSystem", uses: ["Algebra", "Transcript"], resources: []),
    tests("Model", uses: [.product(name: "Crypto", package: "swift-crypto")]),
    tests("Command", uses: ["Parsers"]),
    tests(
      "LayerFold", uses: ["Algebra", "Folding", .product(name: "Crypto", package: "swift-crypto")], resources: []),
    tests(
      "PlainVerifier", uses: ["LayerFold", "Algebra", "Transcript", "Commitment", "ConstraintSystem", "Folding"],
      resources: []),
    tests("Arguments", uses: ["Algebra", "Transcript", "ConstraintSystem"], resources: []),
    tests(
      "Folding",
      uses: ["Algebra", "ConstraintSystem", "Commitment", "Transcript", "Arguments", "Circuits", "Model", "Decider"],
      resources: [], optimized: true),
    tests(
      "Circuits", uses: ["Algebra", "ConstraintSystem", "Arguments", "Model"], resources: [], optimized: true),
  ]
    + (isFuzzing
      ? [
        .executableTarget(
          name: "Fuzz", dependencies: ["Parsers"], path: "Tests/Fuzz", swiftSettings: settings,
          // The library of the fuzzer brings a main function, and so does every program of a package.
          linkerSettings: [
            .unsafeFlags(["-sanitize=fuzzer,address"], .when(configuration: .release)),
            .unsafeFlags(["-sanitize=fuzzer"], .when(configuration: .debug)),
            .unsafeFlags(["-Xlinker", "--allow-multiple-definition"]),
          ])
      ] : [])
)
