import ArgumentParser
import Foundation
import LayerFold

/// Shows what a file holds, without verifying proofs.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Shows what a proof or a folder of keys holds.")

  @Option(help: "A proof; nothing of it is verified.")
  var proof: String?

  @Option(help: "A folder of keys; prover.key may be absent.")
  var keys: String?

  @Flag(help: "Lists the constraints of every part of every circuit.")
  var rows = false

  @Flag(help: "Computes circuits, generators and weight commitments again and compares them with the keys.")
  var check = false

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    switch (proof, keys) {
    case (let path?, nil):
      guard !rows, !check else { throw Failure("--rows and --check need --keys.", exitCode: EX_USAGE) }
      try show(ProofReport(Proof(contentsOf: URL(fileURLWithPath: path))))
    case (nil, let path?):
      try show(KeysReport(folder: URL(fileURLWithPath: path), listsRows: rows, checks: check))
    default: throw Failure("Exactly one of --proof and --keys is needed.", exitCode: EX_USAGE)
    }
  }

  private func show(_ report: some Encodable & CustomStringConvertible) throws {
    if json { try StandardOutput.write(json: report) } else { try StandardOutput.write(report.description) }
  }
}

/// What can be read off a proof without a key.
private struct ProofReport: Encodable, CustomStringConvertible {
  struct Claim: Encodable {
    let promptIds: [Int]?
    let promptDigest: String?
    let promptLength: Int
    let outputIds: [Int]
    let maxNewTokens: Int
  }

  let proofBytes: Int
  let verified = false
  let inferences: [Claim]

  init(_ proof: Proof) throws {
    proofBytes = proof.bytes.count
    inferences = try proof.claimedInferences().map {
      Claim(
        promptIds: $0.privatePrompt == nil ? $0.promptTokens : nil, promptDigest: $0.privatePrompt.map { "\($0)" },
        promptLength: $0.promptLength, outputIds: $0.outputTokens, maxNewTokens: $0.maxNewTokens)
    }
  }

  var description: String {
    (["a proof of \(proofBytes) bytes; these claims are not verified:"]
      + inferences.enumerated().map { index, claim in
        let prompt = claim.promptIds.map { "\($0)" } ?? "\(claim.promptLength) private tokens"
        return "prompt \(index + 1): \(prompt) continued by \(claim.outputIds) (at most \(claim.maxNewTokens) tokens)"
      }).joined(separator: "\n")
  }
}

/// What a folder of keys holds.
private struct KeysReport: Encodable, CustomStringConvertible {
  struct Kind: Encodable {
    let name: String
    let rows: Int
    let entries: [Int]
  }

  struct Part: Encodable {
    let kind: String
    let path: String
    let rows: Int
  }

  let modelId: String?
  let maxTokens: Int
  let layers: Int
  let chunkLog: Int
  let chunks: [Int]
  let rowLog: Int
  let claimLog: Int
  let kinds: [Kind]
  var parts: [Part]?
  var checked: Bool?

  init(folder: URL, listsRows: Bool, checks: Bool) throws {
    let verifier = try VerifierKey(contentsOf: folder.appendingPathComponent(VerifierKey.fileName))
    let hasProver = FileManager.default.fileExists(atPath: folder.appendingPathComponent(ProverKey.fileName).path)
    let prover = hasProver ? try ProverKey(contentsOf: folder) : nil
    try prover?.requireSameSetup(as: verifier)
    modelId = prover.map { "\($0.identifier)" }
    let sizes = verifier.sizes
    maxTokens = sizes.maxTokens
    layers = sizes.layers
    chunkLog = sizes.chunkLog
    chunks = sizes.chunks
    rowLog = sizes.rowLog
    claimLog = sizes.claimLog
    kinds = sizes.kinds.map { Kind(name: $0.name, rows: $0.rows, entries: $0.entries) }
    if listsRows { parts = try verifier.parts().map { Part(kind: $0.kind, path: $0.path, rows: $0.rows) } }
    if checks {
      try verifier.check()
      try prover?.check(against: verifier)
      checked = true
    }
  }

  var description: String {
    var lines = [
      "model id      \(modelId ?? "unknown without prover.key")",
      "longest text  \(maxTokens) tokens, \(layers) layers",
      "chunks        2^\(chunkLog) entries; states in, states out, weights, values, trace: \(chunks)",
      "sizes         2^\(rowLog) rows, 2^\(claimLog) entries under evaluation claims",
    ]
    for kind in kinds { lines.append("\(kind.name): \(kind.rows) rows, entries \(kind.entries)") }
    for part in parts ?? [] { lines.append("\(part.kind)  \(part.path): \(part.rows) rows") }
    if checked == true { lines.append("checked: the keys are those of their constants and weights") }
    return lines.joined(separator: "\n")
  }
}
