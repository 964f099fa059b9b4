import Algebra
public import Foundation
import Model

// prover.key: magic and version, the origin and the bytes of the blinding seed, k, the digest of the verification key, the number
// of weight chunks, the weight commitments step by step, zeros up to a multiple of 8 bytes, the model.

extension ProverKey {
  private static let magic = Array("LFPKEY01".utf8)
  /// Bytes before the weight commitments.
  static let headerByteCount = magic.count + 1 + 32 + 1 + 32 + 4 + 4

  /// Reads `prover.key` from a folder of keys, and compares it with the folder's model-id.txt if there is one.
  ///
  /// - Throws: `missingInput`, `malformedKey`, or `foreignKey` if the identifier is another one.
  public init(contentsOf folder: URL) throws {
    let file = folder.appendingPathComponent(Self.fileName)
    try self.init(
      encoded: Data(requiredFile: file), file: file.relativePath,
      verifierFile: folder.appendingPathComponent(VerifierKey.fileName))
    let identifierFile = folder.appendingPathComponent(Self.identifierFileName)
    guard FileManager.default.fileExists(atPath: identifierFile.path) else { return }
    let text = String(decoding: try Data(requiredFile: identifierFile), as: UTF8.self)
    guard ModelIdentifier(hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines)) == identifier else {
      throw LayerFoldError.foreignKey(file: identifierFile.relativePath)
    }
  }

  /// Reads the bytes of a key that messages call `file`; throws `malformedKey`.
  init(encoded data: Data, file: String, verifierFile: URL? = nil) throws {
    do {
      var reader = ByteReader(data)
      guard try reader.read(Self.magic.count, "the magic").elementsEqual(Self.magic) else {
        throw EncodingError.outOfRange(part: "the magic number or the version")
      }
      let origin: WeightBlinding
      switch try reader.read("the origin of the seed") as UInt8 {
      case 0: origin = .secret
      case 1: origin = .derivedFromWeights
      default: throw EncodingError.outOfRange(part: "the origin of the seed")
      }
      let seed = BlindingSeed(bytes: Array(try reader.read(32, "the seed")), origin: origin)
      let chunkLog = Int(try reader.read("the chunk size") as UInt8)
      guard Self.chunkLogs.contains(chunkLog) else { throw EncodingError.outOfRange(part: "the chunk size") }
      let keyDigest: ScalarField = try reader.readElement("the key's digest")
      let stepCount = try reader.readCount("the number of steps", in: 4...1 << 12)
      let chunkCount = try reader.readCount("the number of weight chunks", in: 1...1 << 10)
      let points = try (0..<stepCount).map { _ in
        try reader.readPoints(chunkCount, "the weight commitments") as [AffinePoint<PrimaryCurve>]
      }
      try reader.skipPadding(to: 8)
      let model = try TextModel(encoded: reader.read(reader.remaining, "the model"))
      guard stepCount == WeightCommitments.stepCount(layers: model.configuration.layerCount) else {
        throw EncodingError.outOfRange(part: "the number of steps")
      }
      self.init(
        model: model, seed: seed,
        weights: WeightCommitments(points: points, layers: model.configuration.layerCount, seed: seed),
        verification: (chunkLog: chunkLog, digest: keyDigest), verifierFile: verifierFile)
    } catch let error as EncodingError {
      throw LayerFoldError.malformedKey(file: file, reason: error.description)
    } catch let error as ModelError {
      throw LayerFoldError.malformedKey(file: file, reason: "its model is inconsistent (\(error.description))")
    } catch LayerFoldError.unusableModel(let sentence) {
      throw LayerFoldError.malformedKey(file: file, reason: "its tokenizer is unusable (\(sentence))")
    }
  }

  /// Writes prover.key (readable by its owner only), verifier.key and model-id.txt to a folder, which is created if
  /// needed. All three are written before the first one gets its name.
  ///
  /// - Throws: `cannotCreate` or `writeFailed`; then no file was replaced by a part of another.
  public func write(to folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw LayerFoldError.cannotCreate(path: folder.relativePath, reason: "the folder cannot be made")
    }
    func stage(_ name: String, _ access: StagedFile.Access) throws -> StagedFile {
      try StagedFile(at: folder.appendingPathComponent(name).relativePath, access: access)
    }
    let verifier = try stage(VerifierKey.fileName, .shared)
    try verifier.write(verifierKey().encoded)
    let identifierFile = try stage(Self.identifierFileName, .shared)
    try identifierFile.write(Array("\(identifier)\n".utf8))
    let prover = try stage(Self.fileName, .secret)
    try write { try prover.write($0) }
    for file in [verifier, identifierFile, prover] { try file.commit() }
  }

  /// Calls `body` with consecutive parts of the whole file; the weights are not copied.
  func write(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    var writer = ByteWriter()
    writer.write(Self.magic)
    writer.write(UInt8(seed.origin == .secret ? 0 : 1))
    writer.write(seed.bytes)
    writer.write(UInt8(chunkLog))
    writer.write(keyDigest.bytes)
    writer.write(count: weights.steps.count)
    writer.write(count: weights.steps[0].points.count)
    for step in weights.steps { writer.write(step.points) }
    writer.pad(to: 8)
    try writer.bytes.withUnsafeBytes(body)
    try model.write(body)
  }
}
