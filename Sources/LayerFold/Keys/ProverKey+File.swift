public import Foundation
import Model

// prover.key: 8 bytes of magic and version, the origin and the bytes of the blinding seed, k, zeros up to 48 bytes, the model.

extension ProverKey {
  private static let magic = Array("LFPKEY01".utf8)
  private static let headerLength = 48

  /// Reads `prover.key` from a folder of keys; throws `missingInput` or `malformedKey`.
  public init(contentsOf folder: URL) throws {
    let file = folder.appendingPathComponent(Self.fileName)
    try self.init(encoded: Data(requiredFile: file), file: file.relativePath)
  }

  /// Reads the bytes of a key that messages call `file`; throws `malformedKey`.
  init(encoded data: Data, file: String) throws {
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
      seed = BlindingSeed(bytes: Array(try reader.read(32, "the seed")), origin: origin)
      chunkLog = Int(try reader.read("the chunk size") as UInt8)
      guard Self.chunkLogs.contains(chunkLog) else { throw EncodingError.outOfRange(part: "the chunk size") }
      try reader.skipPadding(to: Self.headerLength)
      model = try TextModel(encoded: reader.read(reader.remaining, "the model"))
    } catch let error as EncodingError {
      throw LayerFoldError.malformedKey(file: file, reason: error.description)
    } catch let error as ModelError {
      throw LayerFoldError.malformedKey(file: file, reason: "its model is inconsistent (\(error.description))")
    } catch LayerFoldError.unusableModel(let sentence) {
      throw LayerFoldError.malformedKey(file: file, reason: "its model is unusable (\(sentence))")
    }
  }

  /// Writes the files of a folder of keys, which is created if needed; `prover.key` is readable by its owner only.
  ///
  /// - Throws: `cannotCreate` or `writeFailed`; then no file has been replaced by a part of itself.
  public func write(to folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw LayerFoldError.cannotCreate(path: folder.relativePath, reason: "the folder cannot be made")
    }
    let prover = try StagedFile(at: folder.appendingPathComponent(Self.fileName).relativePath, access: .secret)
    var writer = ByteWriter()
    writer.write(Self.magic)
    writer.write(UInt8(seed.origin == .secret ? 0 : 1))
    writer.write(seed.bytes)
    writer.write(UInt8(chunkLog))
    writer.pad(to: Self.headerLength)
    try prover.write(writer.bytes)
    try model.write(to: prover)
    try prover.commit()
  }
}
